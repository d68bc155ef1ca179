// swift-tools-version: 6.2
import PackageDescription

// The kernel text is compiled once a processor variant; the flags reach the copies alone.
let unchecked = ["-Ounchecked"]
#if arch(x86_64)
let vectorTargets: [Target] = [
  .target(
    name: "KernelsAVX2", dependencies: ["CKernels", "KernelInterface"],
    swiftSettings: [.unsafeFlags(unchecked + ["-Xcc", "-march=x86-64-v3"])]),
  .target(
    name: "KernelsAVX512", dependencies: ["CKernels", "KernelInterface"],
    swiftSettings: [.unsafeFlags(unchecked + ["-Xcc", "-march=x86-64-v4"])]),
  .target(
    name: "KernelsAVX512BF16", dependencies: ["CKernels", "KernelInterface"],
    swiftSettings: [
      .unsafeFlags(unchecked + ["-Xcc", "-march=x86-64-v4", "-Xcc", "-mavx512bf16"])
    ]),
]
// The 16 lanes of AVX-512 in AVX2 code, so that their geometry is tested on more machines.
let wideTargets: [Target] = [
  .target(
    name: "KernelsAVX2Wide", dependencies: ["CKernels", "KernelInterface"],
    path: "Tests/KernelsAVX2Wide",
    swiftSettings: [.unsafeFlags(unchecked + ["-Xcc", "-march=x86-64-v3"])])
]
#else
let vectorTargets: [Target] = [
  .target(
    name: "KernelsNEON", dependencies: ["CKernels", "KernelInterface"],
    swiftSettings: [.unsafeFlags(unchecked)])
]
let wideTargets: [Target] = []
#endif
let vectorDependencies = vectorTargets.map { Target.Dependency(stringLiteral: $0.name) }
let wideDependencies = wideTargets.map { Target.Dependency(stringLiteral: $0.name) }

let package = Package(
  name: "Igla",
  // The oldest with 128-bit integers and Synchronization; built and tested on Linux only.
  platforms: [.macOS(.v15)],
  // Usable by version from other packages: nothing it reaches may have unsafe flags.
  products: [
    .library(name: "GoldenFloat", targets: ["GoldenFloat"]),
    .library(name: "goldenfloat", type: .dynamic, targets: ["GoldenFloatC"]),
    .library(name: "goldenfloat-static", type: .static, targets: ["GoldenFloatC"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", exact: "1.8.2"),
    .package(url: "https://github.com/apple/swift-crypto", exact: "4.5.2"),
    .package(url: "https://github.com/groue/GRDB.swift", exact: "7.10.0"),
    .package(url: "https://github.com/LebJe/TOMLKit", exact: "0.6.0"),
    .package(url: "https://github.com/swiftcsv/SwiftCSV", exact: "0.10.0"),
  ],
  targets: [
    .target(name: "CKernels"),
    .target(name: "CGoldenFloat"),
    .target(
      // Swift 6.2 has to be told what a span that is written may keep; 6.3 infers it.
      name: "GoldenFloat", dependencies: ["CGoldenFloat"],
      swiftSettings: [.enableExperimentalFeature("Lifetimes")]),
    .target(name: "GoldenFloatC", dependencies: ["CGoldenFloat", "GoldenFloat"]),
    .target(name: "GoldenFloatOracle"),
    .testTarget(
      name: "GoldenFloatTests",
      dependencies: ["GoldenFloat", "GoldenFloatC", "GoldenFloatOracle"], exclude: ["CInterface"]),
    .target(name: "KernelInterface"),
    .target(
      name: "KernelsPortable", dependencies: ["CKernels", "KernelInterface"],
      swiftSettings: [.unsafeFlags(unchecked)]),
    .target(
      name: "Kernels",
      dependencies: ["CKernels", "KernelInterface", "KernelsPortable"] + vectorDependencies),
    .target(
      name: "LanguageModel",
      dependencies: ["GoldenFloat", "Invariants", "Kernels", "KernelInterface"]),
    .target(
      name: "Training",
      dependencies: [
        "Determinism", "Invariants", "Kernels", "KernelInterface", "LanguageModel",
        .product(name: "Crypto", package: "swift-crypto"),
      ]),
    // Constants that the proofs speak of, and decisions judged as the proofs state the rules.
    .target(name: "Invariants"),
    .testTarget(name: "InvariantsTests", dependencies: ["Invariants"]),
    .target(
      name: "ProofManifest",
      dependencies: ["Determinism", "Invariants", "LanguageModel", "Race", "Scoring"],
      resources: [.embedInCode("manifest.json")]),
    .testTarget(
      name: "ProofManifestTests",
      dependencies: [
        "Determinism", "GoldenFloat", "Invariants", "LanguageModel", "ProofManifest", "Race",
        "RaceStoreConformance", "Scoring",
      ]),
    .target(
      name: "Determinism", dependencies: [.product(name: "Crypto", package: "swift-crypto")]),
    .target(name: "Plots"),
    .testTarget(name: "PlotsTests", dependencies: ["Plots"]),
    .systemLibrary(name: "CZlib"),
    .target(name: "Corpora", dependencies: ["CZlib", "Determinism"]),
    .target(name: "Race", dependencies: ["Determinism", "Invariants"]),
    .target(
      name: "RaceSQLite",
      dependencies: ["Race", .product(name: "GRDB", package: "GRDB.swift")],
      resources: [.embedInCode("SQL")]),
    .target(
      name: "RaceSimulation",
      dependencies: ["Determinism", "Race", .product(name: "SwiftCSV", package: "SwiftCSV")]),
    .testTarget(name: "RaceSimulationTests", dependencies: ["Race", "RaceSimulation"]),
    .systemLibrary(name: "CLibPQ", pkgConfig: "libpq", providers: [.apt(["libpq-dev"])]),
    .target(name: "PostgreSQLClient", dependencies: ["CLibPQ", "Determinism"]),
    .target(
      name: "RacePostgreSQL", dependencies: ["Determinism", "PostgreSQLClient", "Race"],
      resources: [.embedInCode("SQL")]),
    .target(name: "RaceStoreConformance", dependencies: ["Determinism", "Race"]),
    .testTarget(
      name: "RaceTests", dependencies: ["Determinism", "Race", "RaceStoreConformance"]),
    .testTarget(
      name: "RaceSQLiteTests",
      dependencies: [
        "Race", "RacePostgreSQL", "RaceSQLite", "RaceStoreConformance",
        .product(name: "GRDB", package: "GRDB.swift"),
      ]),
    // A server of the tests' own: in no product.
    .target(
      name: "PostgreSQLTestServer", dependencies: ["PostgreSQLClient"],
      path: "Tests/PostgreSQLTestServer"),
    .testTarget(
      name: "RacePostgreSQLTests",
      dependencies: [
        "Determinism", "PostgreSQLClient", "PostgreSQLTestServer", "Race", "RacePostgreSQL",
        "RaceSQLite", "RaceStoreConformance",
      ]),
    .testTarget(name: "CorporaTests", dependencies: ["Corpora", "Determinism"]),
    .target(name: "CSixteenBits"),
    .target(
      name: "Benchmarks",
      dependencies: [
        "CSixteenBits", "Corpora", "GoldenFloat", "GoldenFloatOracle", "KernelInterface", "Kernels",
        "LanguageModel", "Plots", "Race", "Training",
      ]),
    .testTarget(
      name: "BenchmarksTests",
      dependencies: [
        "Benchmarks", "CSixteenBits", "Corpora", "GoldenFloat", "KernelInterface", "Kernels",
        "LanguageModel", "Race", "Training",
      ]),
    .executableTarget(
      name: "tri",
      dependencies: [
        "Benchmarks", "Corpora", "Determinism", "GoldenFloatOracle", "Invariants", "Kernels",
        "KernelInterface", "LanguageModel", "Plots", "PostgreSQLClient", "ProofManifest", "Race",
        "RacePostgreSQL", "RaceSimulation", "RaceSQLite", "Scoring", "Training",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
        .product(name: "TOMLKit", package: "TOMLKit"),
      ],
      resources: [.embedInCode("Spaces")]),
    // Runs the built program; the dependency sees to it that there is one.
    .testTarget(
      name: "TriTests", dependencies: ["PostgreSQLTestServer", "tri"], exclude: ["Snapshots"]),
    .target(
      name: "Scoring",
      dependencies: ["Determinism", "Invariants", "KernelInterface", "Kernels", "LanguageModel"]),
    .testTarget(
      name: "LanguageModelTests",
      dependencies: ["GoldenFloat", "Invariants", "Kernels", "KernelInterface", "LanguageModel"]
        + wideDependencies),
    .testTarget(
      name: "KernelsTests",
      dependencies: ["Kernels", "KernelInterface"] + wideDependencies),
    // Replaces the allocator of the program that the tests are: in no product.
    .target(name: "CAllocationCounter", path: "Tests/CAllocationCounter"),
    .testTarget(
      name: "TrainingTests",
      dependencies: [
        "CAllocationCounter", "GoldenFloat", "Kernels", "KernelInterface", "LanguageModel",
        "Training",
      ]),
    .testTarget(
      name: "ScoringTests",
      dependencies: [
        "Determinism", "Kernels", "KernelInterface", "LanguageModel", "Scoring", "Training",
      ]),
  ]
)

// The kernels, the engine and libpq are pointers throughout: there every line would read `unsafe`.
let strict = [
  "Corpora", "CorporaTests", "Determinism", "GoldenFloat", "GoldenFloatOracle", "GoldenFloatTests",
  "Invariants", "InvariantsTests", "Plots", "PlotsTests", "ProofManifest", "ProofManifestTests",
  "Race", "RacePostgreSQL", "RaceSQLite", "RaceSQLiteTests", "RaceStoreConformance", "RaceTests",
]

let inC = ["CAllocationCounter", "CGoldenFloat", "CKernels", "CSixteenBits"]

package.targets += vectorTargets + wideTargets

let everywhere: [SwiftSetting] = [
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .treatAllWarnings(as: .error),
]

for target in package.targets where target.type != .system && !inC.contains(target.name) {
  var settings: [SwiftSetting] = target.swiftSettings ?? []
  settings += everywhere
  if strict.contains(target.name) { settings.append(.strictMemorySafety()) }
  target.swiftSettings = settings
}

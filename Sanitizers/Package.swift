// swift-tools-version: 6.2
// The kernels, also those of GoldenFloat, and their tests alone, by links, so that a sanitizer compiles
// nothing else.
// `make sanitize` builds and runs it; settings are those of the package above it.
import PackageDescription

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
let wideTargets: [Target] = [
  .target(
    name: "KernelsAVX2Wide", dependencies: ["CKernels", "KernelInterface"],
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
let wideDependencies = wideTargets.map { Target.Dependency(stringLiteral: $0.name) }
let vectorDependencies = vectorTargets.map { Target.Dependency(stringLiteral: $0.name) }

let package = Package(
  name: "Sanitizers",
  targets: vectorTargets + wideTargets + [
    .target(name: "CKernels"),
    .target(name: "KernelInterface"),
    .target(
      name: "KernelsPortable", dependencies: ["CKernels", "KernelInterface"],
      swiftSettings: [.unsafeFlags(unchecked)]),
    .target(
      name: "Kernels",
      dependencies: ["CKernels", "KernelInterface", "KernelsPortable"] + vectorDependencies),
    // Buffers end where their elements do, so that the sanitizer sees a read beyond them.
    .testTarget(
      name: "KernelsTests", dependencies: ["Kernels", "KernelInterface"] + wideDependencies,
      swiftSettings: [.define("BARE_BUFFERS")]),
    // Swift's compiler knows no such sanitizer on Linux; what C leaves undefined ends the program.
    .target(
      name: "CGoldenFloat",
      cSettings: [.unsafeFlags(["-fsanitize=undefined", "-fsanitize-trap=undefined"])]),
    .target(
      name: "GoldenFloat", dependencies: ["CGoldenFloat"],
      swiftSettings: [.enableExperimentalFeature("Lifetimes"), .strictMemorySafety()]),
    .target(name: "GoldenFloatOracle", swiftSettings: [.strictMemorySafety()]),
    .testTarget(
      name: "GoldenFloatTests", dependencies: ["GoldenFloat", "GoldenFloatOracle"],
      exclude: ["CInterface"],
      sources: [
        "GF16KernelsEdgeTests.swift", "GF16KernelsTests.swift", "GF16StreamingTests.swift",
        "GF16SumsTests.swift", "Strata.swift",
      ], swiftSettings: [.strictMemorySafety()]),
  ]
)

for target in package.targets where !["CGoldenFloat", "CKernels"].contains(target.name) {
  target.swiftSettings =
    (target.swiftSettings ?? []) + [
      .enableUpcomingFeature("ExistentialAny"),
      .enableUpcomingFeature("InternalImportsByDefault"),
      .enableUpcomingFeature("MemberImportVisibility"),
      .treatAllWarnings(as: .error),
    ]
}

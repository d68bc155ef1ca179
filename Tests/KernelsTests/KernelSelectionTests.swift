import KernelInterface
import Kernels
import Testing

@Suite struct KernelSelectionTests {
  private let names = KernelSet.available.map(\.name)

  @Test func thePortableVariantIsAlwaysThereAndFirst() {
    #expect(KernelSet.available.first?.name == "portable")
    #expect(Set(names).isSubset(of: KernelSet.names))
    #expect(Set(names).count == names.count)
  }

  @Test func withoutANameTheLastAvailableIsChosen() throws {
    #expect(try KernelSet.select().name == names.last)
    #expect(try KernelSet.select(nil).name == names.last)
  }

  @Test(arguments: KernelSet.names)
  func aNamedVariantIsThatOneOrUnsupported(name: String) throws {
    if names.contains(name) {
      #expect(try KernelSet.select(name).name == name)
    } else {
      #expect(throws: KernelSet.SelectionError.unsupported(name)) { try KernelSet.select(name) }
    }
  }

  @Test(arguments: ["", "AVX2", "avx", "sse2", "portable "])
  func anyOtherNameIsUnknown(name: String) {
    #expect(throws: KernelSet.SelectionError.unknown(name)) { try KernelSet.select(name) }
  }

  @Test func panelsAreTwoVectorsWide() throws {
    let widths = ["portable": 8, "avx2": 16, "avx512": 32, "avx512bf16": 32, "neon": 8]
    for set in KernelSet.available { #expect(set.panelWidth == widths[set.name]) }
  }

  @Test func onlyTheVariantNamedAfterThemHasBFloat16Products() {
    for set in KernelSet.available {
      #expect(set.bfloat16.inHardware == (set.name == "avx512bf16"))
    }
  }
}

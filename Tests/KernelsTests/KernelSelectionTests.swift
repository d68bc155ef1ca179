import KernelInterface
import Kernels
import Testing

@Suite struct KernelSelectionTests {
  @Test func thePortableVariantIsAlwaysThereAndFirst() {
    #expect(KernelSet.available.first?.name == "portable")
    #expect(Set(variants).isSubset(of: KernelSet.names))
    #expect(Set(variants).count == variants.count)
  }

  @Test func withoutANameTheLastAvailableIsChosen() throws {
    #expect(try KernelSet.select().name == variants.last)
    #expect(try KernelSet.select(nil).name == variants.last)
  }

  @Test(arguments: KernelSet.names)
  func aNamedVariantIsThatOneOrUnsupported(name: String) throws {
    if variants.contains(name) {
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
    let widths = ["portable": 8, "avx2": 16, "avx512": 32]
    for set in KernelSet.available { #expect(set.panelWidth == widths[set.name]) }
  }
}

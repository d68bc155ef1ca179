internal import CKernels
public import KernelInterface
internal import KernelsPortable

#if arch(x86_64)
internal import KernelsAVX2
internal import KernelsAVX512
internal import KernelsAVX512BF16
#elseif arch(arm64)
internal import KernelsNEON
#endif

extension KernelSet {
  /// Why a variant cannot be had.
  public enum SelectionError: Error, Sendable, Equatable {
    /// No variant has this name.
    case unknown(String)
    /// This processor lacks the instructions.
    case unsupported(String)
  }

  /// The variants that this processor runs, slowest first.
  public static var available: [KernelSet] {
    var sets = [KernelsPortable.kernels]
    #if arch(x86_64)
    if ckernels_has_avx2() { sets.append(KernelsAVX2.kernels) }
    if ckernels_has_avx512() { sets.append(KernelsAVX512.kernels) }
    if ckernels_has_avx512bf16() { sets.append(KernelsAVX512BF16.kernels) }
    #elseif arch(arm64)
    sets.append(KernelsNEON.kernels)
    #endif
    return sets
  }

  /// Names of all variants, whether or not this processor runs them.
  public static let names = ["portable", "avx2", "avx512", "avx512bf16", "neon"]

  /// Returns the variant of that name, or this processor's best one for nil.
  ///
  /// - Throws: ``SelectionError``.
  public static func select(_ name: String? = nil) throws(SelectionError) -> KernelSet {
    let sets = available
    guard let name else { return sets[sets.count - 1] }
    if let set = sets.first(where: { $0.name == name }) { return set }
    throw names.contains(name) ? .unsupported(name) : .unknown(name)
  }
}

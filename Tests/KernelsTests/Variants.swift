import KernelInterface
import Kernels

#if arch(x86_64)
import KernelsAVX2Wide
#endif

/// What the kernel tests run: each variant that this machine runs and, where it has AVX2, the text
/// in the 16-lane geometry of AVX-512.
private let kernelSets: [KernelSet] = {
  var sets = KernelSet.available
  #if arch(x86_64)
  if sets.contains(where: { $0.name == "avx2" }) { sets.append(KernelsAVX2Wide.kernels) }
  #endif
  return sets
}()

/// Their names.
let variants = kernelSets.map(\.name)

/// The kernels of that name among ``variants``.
func kernelSet(_ name: String) throws -> KernelSet {
  if let set = kernelSets.first(where: { $0.name == name }) { return set }
  throw KernelSet.SelectionError.unknown(name)
}

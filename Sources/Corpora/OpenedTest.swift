/// The test range after it was opened, with what may serve as context.
package struct OpenedTest: Sendable {
  /// The test split; indices are offsets in the file.
  package let bytes: ArraySlice<UInt8>
  /// All bytes before it.
  package let before: ArraySlice<UInt8>
}

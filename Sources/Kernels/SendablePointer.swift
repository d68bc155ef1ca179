/// A pointer that tasks on several threads may read; who writes is settled by the caller.
@frozen public struct SendablePointer<Pointee>: @unchecked Sendable {
  public let pointer: UnsafePointer<Pointee>

  @inlinable public init(_ pointer: UnsafePointer<Pointee>) { self.pointer = pointer }
}

/// A pointer whose regions tasks on several threads write apart from each other.
@frozen public struct SendableMutablePointer<Pointee>: @unchecked Sendable {
  public let pointer: UnsafeMutablePointer<Pointee>

  @inlinable public init(_ pointer: UnsafeMutablePointer<Pointee>) { self.pointer = pointer }
}

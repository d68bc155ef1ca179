extension Array where Element: Comparable {
  /// Returns the first index whose element does not come before `value`, in a sorted array.
  func lowerBound(of value: Element) -> Int {
    var low = 0
    var high = count
    while low < high {
      let middle = (low + high) / 2
      if self[middle] < value { low = middle + 1 } else { high = middle }
    }
    return low
  }
}

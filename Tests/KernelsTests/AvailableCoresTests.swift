import Kernels
import Testing

@Suite struct AvailableCoresTests {
  /// Quota in microseconds, period, whole cores.
  static let quotas: [(String, String, Int?)] = [
    ("100000", "100000", 1), ("100001", "100000", 2), ("150000", "100000", 2),
    ("400000", "100000", 4), ("1000", "100000", 1), ("1", "1000000", 1), ("75000", "25000", 3),
    ("-1", "100000", nil), ("0", "100000", nil), ("100000", "0", nil), ("", "", nil),
    ("many", "100000", nil), ("99999999999999999999", "100000", nil),
    ("9223372036854775807", "1", .max),
  ]

  @Test(arguments: quotas)
  func aQuotaIsRoundedUpToWholeCores(quota: String, period: String, cores: Int?) {
    #expect(AvailableCores.quota(quota, period: period) == cores)
    #expect(AvailableCores.quota(maximum: "\(quota) \(period)\n") == cores)
  }

  @Test(arguments: ["max 100000", "max", "200000", "", "200000 100000 1"])
  func otherTextsAreNoQuota(text: String) {
    #expect(AvailableCores.quota(maximum: text) == nil)
  }

  @Test(arguments: [
    (8, 8, nil, 8, AvailableCores.Source.machine), (3, 8, nil, 3, .affinity),
    (8, 8, 2, 2, .quota), (3, 8, 2, 2, .quota), (2, 8, 2, 2, .affinity), (8, 8, 9, 8, .machine),
    (0, 8, nil, 1, .affinity),
  ])
  func theLeastCounts(
    affinity: Int, online: Int, quota: Int?, count: Int, source: AvailableCores.Source
  ) {
    let cores = AvailableCores(affinity: affinity, online: online, quota: quota)
    #expect(cores.count == count && cores.source == source)
  }

  @Test func thisProcessHasSome() {
    #expect((1...CoreSet.ofThread.numbers.count).contains(AvailableCores.now.count))
  }
}

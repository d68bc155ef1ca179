internal import Determinism
internal import Invariants
internal import LanguageModel
internal import Race

extension Twin {
  /// All twins with a definition that can be asked.
  public static let all = [
    lucas, ladder, promotion, report, victory, grant, penalty, encode, decode,
  ]

  /// INV-5.
  public static let lucas = Twin("lucas", "Lucas.lucas") { random in
    "lucas \(random.index(below: 185))"
  } answer: { request in
    guard let n = numbers(request).first, let number = Lucas.number(n) else { return unreadable }
    return "\(number)"
  }

  /// INV-10.
  public static let ladder = Twin("ladder", "Rungs.ladder") { random in
    let unit = [0, 1, 7, 1_000, .max / 3, random.index(below: 1_000_000)]
    let shape = "\(random.index(below: 12)) \(random.index(below: 70))"
    return "ladder \(unit[random.index(below: unit.count)] - random.index(below: 2)) \(shape)"
  } answer: { request in
    let n = numbers(request)
    guard n.count == 3 else { return unreadable }
    guard let ladder = try? RungLadder(unit: n[0], eta: n[1], count: n[2]) else { return "refused" }
    return (0..<ladder.count).map { "\(ladder.steps($0))" }.joined(separator: " ")
  }

  /// INV-2: the rule that decides, and the check of its decisions.
  public static let promotion = Twin("promotion", "Scheduler.allows") { random in
    let reported = random.index(below: 40)
    let (eta, rank) = (2 + random.index(below: 4), 1 + random.index(below: reported / 2 + 2))
    return "promotion \(eta) \(random.index(below: 2)) \(rank) \(reported) "
      + "\(random.index(below: reported / eta + 2))"
  } answer: { request in
    let n = numbers(request)
    guard n.count == 5, n[0] >= 2 else { return unreadable }
    let rule = PromotionRule(eta: n[0], delayed: n[1] == 1)
    let decided = rule.allows(rank: n[2], reported: n[3], next: n[4])
    let checked =
      (try? DecisionCheck.check(
        DecisionCheck.Promotion(
          eta: n[0], isDelayed: n[1] == 1, next: n[4], rank: n[2], reported: n[3], from: 0, to: 1,
          top: 1, isDrained: false))) != nil
    if decided != checked { return "the rule says \(decided), its check \(checked)" }
    return decided ? "yes" : "no"
  }

  /// INV-2: what becomes of a report, by the check; `RaceMachine` itself replays whole races.
  ///
  /// Three lines: a new scheduler, a trial, and its report with a score in thousandths.
  public static let report = Twin("report", "Scheduler.decide") { random in
    let (top, cut, after) = (
      random.index(below: 4), 3_500 - random.index(below: 3), random.index(below: 3)
    )
    let score = random.index(below: 8) == 0 ? "nan" : "\(3_497 + random.index(below: 6))"
    return "scheduler new 3 0 \(top) \(cut) \(after)\n"
      + "scheduler start 1 \(random.index(below: top + 1))\n"
      + "scheduler report 1 \(score) \(random.index(below: 4))"
  } answer: { request in
    let lines = request.split(separator: "\n")
    guard lines.count == 3 else { return unreadable }
    let (new, start, report) = (numbers(lines[0]), numbers(lines[1]), numbers(lines[2]))
    let diverged = lines[2].contains("nan")
    guard new.count == 5, start.count == 2, report.count == (diverged ? 2 : 3) else {
      return unreadable
    }
    let rung = start[1]
    let fate = DecisionCheck.fate(
      score: diverged ? nil : Double(report[1]), nextByteSteps: report[report.count - 1],
      cut: Double(new[3]), cutAfter: new[4], rung: rung, top: new[2])
    let standing = fate == .completed ? fate.rawValue : "\(fate.rawValue) \(rung)"
    return "ok\nok running \(rung) -\nok \(standing) -"
  }

  /// INV-7: the gate that decides, and the check of its verdicts.
  ///
  /// Steps and seeds are for the check: whoever verifies gathers three runs for the gate.
  public static let victory = Twin("victory", "Victory.judge") { random in
    let target = dyadic(1.5)
    let k = [0, 1, 2, 3, 10, 1_000_000, 1_000_001][random.index(below: 7)]
    // Around the boundary of the test, and on both sides of the target.
    let mean = 1.5 - 0.2 * random.unit() + (random.index(below: 6) == 0 ? 0.2 : 0)
    let spread = 0.02 * random.unit() * random.unit() / Double(1 + random.index(below: 50))
    var scores = (0..<3).map { _ in mean + spread * (2 * random.unit() - 1) }
    if random.index(below: 16) == 0 { scores = [mean, mean, mean] }
    if random.index(below: 4) == 0 {
      // Equality, to a few units in the last place: only exact arithmetic knows the side.
      let m = Double(max(3, 100 * k * (k + 1)))
      let edge = (1.5 - mean) * (6 * (m - 1)).squareRoot() / (m - 2)
      scores = [mean - edge, mean, (mean + edge).nudged(by: random.index(below: 5) - 2)]
    }
    var texts = scores.map(dyadic)
    if random.index(below: 40) == 0 { texts[random.index(below: 3)] = "nan" }
    var (seeds, steps) = ([43, 44, 45], [9, 9, 9])
    if random.index(below: 20) == 0 { seeds[random.index(below: 3)] = 43 + random.index(below: 3) }
    if random.index(below: 20) == 0 { steps[random.index(below: 3)] = 8 + random.index(below: 3) }
    var runs = (0..<3).map { "\(seeds[$0]):\(steps[$0]):\(texts[$0])" }
    if random.index(below: 40) == 0 { runs.removeLast() }
    if random.index(below: 40) == 0 { runs.append("46:9:\(texts[0])") }
    return "victory 9 \(target) \(k) " + runs.joined(separator: " ")
  } answer: { request in
    let words = request.split(separator: " ")
    guard words.count > 4, let required = Int(words[1]), let target = real(words[2]),
      let k = Int(words[3])
    else { return unreadable }
    let runs = words[4...].compactMap { word -> VictoryRule.Run? in
      let parts = word.split(separator: ":")
      guard parts.count == 3, let seed = Int(parts[0]), let steps = Int(parts[1]),
        let score = real(parts[2])
      else { return nil }
      return VictoryRule.Run(seed: seed, steps: steps, score: score.isFinite ? score : nil)
    }
    guard runs.count == words.count - 4 else { return unreadable }
    let proven = VictoryRule.judge(runs, required: required, target: target, candidate: k)
    if runs.count == 3, Set(runs.map(\.seed)).count == 3, runs.allSatisfy({ $0.steps == required })
    {
      let verdict = try? VictoryGate.judge(
        scores: runs.map { $0.score ?? .nan }, target: target, candidate: k)
      let decided = verdict?.outcome.proven
      if decided != proven {
        return "the gate says \(String(describing: decided)), its check otherwise"
      }
    }
    return proven?.rawValue ?? "invalid"
  }

  /// INV-11: the check of a new lease, on a trial that waits, that is held, and that was given back.
  ///
  /// Five lines: new leases, a trial, its claim, a second claim, and after a release a third.
  public static let grant = Twin("grant", "Lease.step") { random in
    let (seconds, steps) = (1 + random.index(below: 5), 5 + random.index(below: 10))
    func limit(_ value: Int) -> String { random.index(below: 4) == 0 ? "-" : "\(value)" }
    let later = random.index(below: 8)
    return "lease new \(seconds) \(limit(random.index(below: 3))) "
      + "\(limit(steps - 1 + random.index(below: 3))) \(steps)\nlease add 1 0\n"
      + "lease claim 1 7 0 0\nlease claim 1 8 \(later) 0\n"
      + "lease release 1 \(1 + random.index(below: 2)) \(random.index(below: steps + 2))\n"
      + "lease claim 1 9 \(later + 1) 0"
  } answer: { request in
    let lines = request.split(separator: "\n").map { $0.split(separator: " ") }
    guard lines.count == 6, lines[0].count == 6, let seconds = Int(lines[0][2]),
      let steps = Int(lines[0][5])
    else { return unreadable }
    var leases = OneLease(
      seconds: seconds, steps: steps, trialLimit: Int(lines[0][3]), stepLimit: Int(lines[0][4]))
    var answers = ["ok", leases.description(of: true)]
    for words in lines[2...] {
      let n = words.compactMap { Int($0) }
      guard n.count >= 3 else { return unreadable }
      let isDone =
        words[1] == "claim"
        ? leases.claim(worker: n[1], at: n[2]) : leases.release(token: n[1], at: n[2])
      answers.append(leases.description(of: isDone))
    }
    return answers.joined(separator: "\n")
  }

  /// INV-4, on numbers whose squares are exact.
  public static let penalty = Twin("penalty", "Entropy.penaltyQ") { random in
    let (low, width) = (random.index(below: 200), random.index(below: 200))
    return "penalty \(low)/64 \(low + width)/64 \(random.index(below: 400))/64"
  } answer: { request in
    let words = request.split(separator: " ").dropFirst().compactMap(real)
    guard words.count == 3 else { return unreadable }
    var automaton = NCAConfiguration()
    (automaton.low, automaton.high) = (words[0], words[1])
    let (value, slope) = automaton.penalty(words[2])
    return "\(dyadic(value)) \(dyadic(slope))"
  }

  /// The whole numbers of a line.
  static func numbers(_ line: some StringProtocol) -> [Int] {
    line.split(separator: " ").compactMap { Int($0) }
  }

  /// A number written `3/2`, `3` or `nan`; exact where the denominator is a power of two.
  private static func real(_ text: some StringProtocol) -> Double? {
    if text == "nan" { return .nan }
    let parts = text.split(separator: "/")
    guard let numerator = parts.first.flatMap({ Double($0) }) else { return nil }
    guard parts.count == 2 else { return numerator }
    return Double(parts[1]).map { numerator / $0 }
  }

  /// A finite number as a fraction in lowest terms, exactly.
  ///
  /// - Precondition: Its magnitude is below 2⁵³, and it is a multiple of 2⁻¹²⁰.
  static func dyadic(_ value: Double) -> String {
    var (numerator, power) = (value, 0)
    while numerator != numerator.rounded() {
      numerator *= 2
      power += 1
    }
    return power == 0
      ? "\(Int(numerator))" : "\(Int(numerator))/\(UInt128(1) << UInt128(power))"
  }
}

extension Double {
  /// The number so many places up or down in the order of all numbers.
  fileprivate func nudged(by places: Int) -> Double {
    (0..<abs(places)).reduce(self) { value, _ in places > 0 ? value.nextUp : value.nextDown }
  }
}

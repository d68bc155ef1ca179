internal import Invariants

/// The leases on one trial of one rung, each granted as the run-time check permits.
struct OneLease {
  let seconds: Int
  /// Of its rung.
  let steps: Int
  let trialLimit: Int?
  let stepLimit: Int?

  private enum Phase {
    case waiting
    case held(worker: Int, token: Int, expiry: Int)
    case parked
  }

  private var phase = Phase.waiting
  private var charged = 0
  private var lastToken = 0
  private var started = 0
  private var used = 0
  private var reserved = 0

  init(seconds: Int, steps: Int, trialLimit: Int?, stepLimit: Int?) {
    self.seconds = seconds
    self.steps = steps
    self.trialLimit = trialLimit
    self.stepLimit = stepLimit
  }

  /// Gives the trial to a worker, if the checks let it.
  ///
  /// - Returns: Whether they do.
  mutating func claim(worker: Int, at now: Int) -> Bool {
    var (isNew, isExpired) = (false, false)
    switch phase {
    case .waiting: isNew = true
    case .held(_, _, let expiry):
      guard (try? DecisionCheck.check(expiry: Int64(expiry), now: Int64(now))) != nil else {
        return false
      }
      isExpired = true
    case .parked: break
    }
    let need = steps - charged
    let own = isExpired ? need : 0
    let grant = DecisionCheck.Grant(
      token: lastToken + 1, lastToken: lastToken, isHeld: false, newSteps: isExpired ? 0 : need,
      allSteps: used + reserved - own + need, stepLimit: stepLimit, isNew: isNew,
      started: started + (isNew ? 1 : 0), trialLimit: trialLimit)
    guard (try? DecisionCheck.check(grant)) != nil else { return false }
    lastToken += 1
    started += isNew ? 1 : 0
    reserved += need - own
    phase = .held(worker: worker, token: lastToken, expiry: now + seconds)
    return true
  }

  /// Takes the trial back from the holder of a token, at a step of its rung.
  ///
  /// - Returns: Whether the token is the holder's, and the step one of the rung.
  mutating func release(token: Int, at step: Int) -> Bool {
    guard case .held(_, token, _) = phase, (0...steps).contains(step) else { return false }
    let gain = max(0, step - charged)
    reserved -= steps - charged
    charged += gain
    used += gain
    phase = .parked
    return true
  }

  /// The answer of the proven leases: what was done, the trial, and the counts.
  func description(of isDone: Bool) -> String {
    let place =
      switch phase {
      case .waiting: "waiting 0"
      case .held(let worker, let token, let expiry): "held \(worker) \(token) \(expiry) 0"
      case .parked: "parked 0"
      }
    return "\(isDone ? "ok" : "refused") \(place) \(charged) \(lastToken) \(started) \(used) "
      + "\(reserved) 0"
  }
}

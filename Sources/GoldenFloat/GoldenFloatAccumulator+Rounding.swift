extension GoldenFloatAccumulator {
  /// The sum, rounded once by `rule`.
  @inlinable
  public func rounded(
    _ rule: FloatingPointRoundingRule = .toNearestOrEven
  ) -> GoldenFloatingPoint<Format> {
    GoldenFloatingPoint(
      code: GoldenFloatingPoint<Format>.layout.encode(exact, rounding: Rounding(rule)))
  }

  /// The sum, rounded up or down at random, the mean being the sum to within ulp · 2⁻⁶⁴.
  @inlinable
  public func rounded(stochastically random: StochasticRounding) -> GoldenFloatingPoint<Format> {
    GoldenFloatingPoint(
      code: GoldenFloatingPoint<Format>.layout.encode(exact, randomWord: random.word))
  }

  /// The sum as a `Float`, rounded once by `rule`.
  @inlinable
  public func roundedToFloat(_ rule: FloatingPointRoundingRule = .toNearestOrEven) -> Float {
    Float(
      bitPattern: UInt32(
        truncatingIfNeeded: FloatLayout.float.encode(exact, rounding: Rounding(rule))))
  }

  /// The sum as a `Double`, rounded once by `rule`.
  @inlinable
  public func roundedToDouble(_ rule: FloatingPointRoundingRule = .toNearestOrEven) -> Double {
    Double(bitPattern: FloatLayout.double.encode(exact, rounding: Rounding(rule)))
  }

  /// The sum, its leading 128 bits with a sticky bit.
  @inlinable var exact: ExactValue {
    if isInvalid || (hasPositiveInfinity && hasNegativeInfinity) { return .nan }
    if hasPositiveInfinity || hasNegativeInfinity {
      return .infinity(negative: hasNegativeInfinity)
    }
    let negative = high &>> 63 != 0
    var magnitude = self
    if negative {
      (magnitude.low, magnitude.middle, magnitude.high) = (0, 0, 0)
      magnitude.addWords(~low, ~middle, ~high, carry: 1)
    }
    let upper = UInt128(magnitude.high) &<< 64 | UInt128(magnitude.middle)
    let spare = Swift.min(upper.leadingZeroBitCount, 64)
    let shift = UInt64(truncatingIfNeeded: spare)
    let joined: UInt128
    if shift == 64 {
      joined = upper &<< 64 | UInt128(magnitude.low)
    } else {
      let next = shift == 0 ? 0 : magnitude.low &>> (64 &- shift)
      joined =
        upper &<< UInt128(shift) | UInt128(next) | (magnitude.low &<< shift == 0 ? 0 : 1)
    }
    return .finite(
      negative: negative, significand: joined,
      exponent: Self.unitExponent &+ 64 &- spare)
  }
}

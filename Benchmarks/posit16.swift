// Rounds the numbers of stdin, one a line, to posit16 with one exponent bit, and prints the mean and
// the largest relative error in per cent.

var (sum, most, count) = (0.0, 0.0, 0)
while let line = readLine() {
  guard let x = Double(line), x != 0 else { fatalError("not a number other than zero: \(line)") }
  let error = abs(convertP16ToDouble(convertDoubleToP16(x)) - x) / abs(x)
  (sum, most, count) = (sum + error, max(most, error), count + 1)
}
guard count > 0 else { fatalError("no numbers") }
print("posit16: \(count) numbers, mean \(100 * sum / Double(count)) %, most \(100 * most) %")

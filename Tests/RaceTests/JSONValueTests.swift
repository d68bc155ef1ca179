import Race
import Testing

@Suite struct JSONValueTests {
  @Test(arguments: [
    "null", "true", "-0.5", "12", "1e+300", "[]", "{}", #"[1,[2,{"a":null}]]"#, #""\u0001\n\"\\""#,
    #"{"a":1,"b":"é😀"}"#,
  ])
  func canonicalTextsAreReadAndWrittenAsTheyAre(text: String) throws {
    #expect(try JSONValue(parsing: text).canonical == text)
  }

  @Test func otherSpellingsHaveOneCanonicalText() throws {
    let text = " { \"b\" : 1.0 , \"a\" : [ 2e2 , \"\\ud83d\\ude00\\/\" ] } "
    #expect(try JSONValue(parsing: text).canonical == #"{"a":[200,"😀/"],"b":1}"#)
    #expect(JSONValue.number(Double.nan) == .null && JSONValue.number(-0.0).canonical == "0")
  }

  @Test(arguments: [
    "", "{", "[1,]", "tru", "1 2", "\"a", "{\"a\"}", "+1", "nan", "1e999", #""\ud800""#, "\"\n\"",
    String(repeating: "[", count: 10_000),
  ])
  func otherTextsAreRefused(text: String) {
    #expect(throws: RaceError.self) { try JSONValue(parsing: text) }
  }
}

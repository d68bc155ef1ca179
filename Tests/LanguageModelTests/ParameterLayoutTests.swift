import LanguageModel
import Testing

@Suite struct ParameterLayoutTests {
  @Test(arguments: TransformerFixture.cases)
  func tensorsAreAlignedApartAndInOrder(test: TransformerFixture.Case) {
    let layout = ParameterLayout(test.configuration)
    var end = 0
    for tensor in layout.tensors {
      #expect(tensor.offset % ParameterLayout.alignment == 0)
      #expect(tensor.offset >= end && tensor.offset < end + ParameterLayout.alignment)
      #expect(tensor.count > 0)
      end = tensor.range.upperBound
    }
    #expect(layout.count >= end && layout.count < end + ParameterLayout.alignment)
    #expect(Set(layout.tensors.map(\.name)).count == layout.tensors.count)
  }

  @Test func everyNamedTensorIsListedWithItsShape() throws {
    let configuration = TransformerFixture.Case(width: 12, hidden: 7, layers: 2).configuration
    let layout = ParameterLayout(configuration)
    var named = [layout.embedding, layout.head, layout.headBias]
    named.append(try #require(layout.finalGain))
    named.append(try #require(layout.ngramProjection))
    for block in layout.blocks {
      let attention = try #require(block.attention)
      named += [
        attention.gain, attention.queryKeyValue, attention.output, block.hiddenGain, block.up,
        block.down,
      ]
      named.append(try #require(attention.shift))
      named.append(try #require(block.hiddenShift))
      #expect((attention.queryKeyValue.rows, attention.queryKeyValue.columns) == (12, 36))
      #expect((block.up.rows, block.up.columns) == (12, 7))
      #expect((block.down.rows, block.down.columns) == (7, 12))
    }
    #expect(Set(named) == Set(layout.tensors))
    #expect(named.count == layout.tensors.count)
    #expect((layout.head.rows, layout.head.columns) == (12, 256))
    #expect(layout.tableCount == 3 * 16 * 5)
    let bare = ParameterLayout(TransformerFixture.Case(orders: [], tokenShift: false).configuration)
    #expect(bare.ngramProjection == nil && bare.tableCount == 0)
    #expect(
      bare.blocks.allSatisfy { $0.attention?.shift == nil && $0.hiddenShift == nil })
    let perceptrons = ParameterLayout(TransformerFixture.Case(attention: false).configuration)
    #expect(perceptrons.blocks.allSatisfy { $0.attention == nil })
  }

  @Test func anEncoderOfContextsHasATableForEachDistance() throws {
    let test = TransformerFixture.Case(encoder: .contexts, width: 12, contexts: 3)
    let layout = ParameterLayout(test.configuration)
    let contexts = try #require(layout.contexts)
    let named = [layout.embedding] + contexts.tables + [contexts.up, layout.head, layout.headBias]
    #expect(layout.tensors == named)
    #expect(contexts.tables.map(\.rows) == [256, 256, 256])
    #expect((contexts.up.rows, contexts.up.columns) == (5, 12))
    #expect(layout.finalGain == nil && layout.blocks.isEmpty && layout.tableCount == 0)
    #expect(test.configuration.tensorCount == layout.tensors.count)
    #expect(test.configuration.denseElements == layout.count)
  }
}

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
    var named = [layout.embedding, layout.finalGain, layout.head, layout.headBias]
    named.append(try #require(layout.ngramProjection))
    for block in layout.blocks {
      named += [
        block.attentionGain, block.queryKeyValue, block.attentionOutput, block.hiddenGain,
        block.up, block.down,
      ]
      named.append(try #require(block.attentionShift))
      named.append(try #require(block.hiddenShift))
      #expect((block.queryKeyValue.rows, block.queryKeyValue.columns) == (12, 36))
      #expect((block.up.rows, block.up.columns) == (12, 7))
      #expect((block.down.rows, block.down.columns) == (7, 12))
    }
    #expect(Set(named) == Set(layout.tensors))
    #expect(named.count == layout.tensors.count)
    #expect((layout.head.rows, layout.head.columns) == (12, 256))
    #expect(layout.tableCount == 3 * 16 * 5)
    let bare = ParameterLayout(TransformerFixture.Case(orders: [], tokenShift: false).configuration)
    #expect(bare.ngramProjection == nil && bare.tableCount == 0)
    #expect(bare.blocks.allSatisfy { $0.attentionShift == nil && $0.hiddenShift == nil })
  }
}

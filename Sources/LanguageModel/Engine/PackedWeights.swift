internal import KernelInterface
internal import Kernels

/// The weight matrices in the packed forms that products read, renewed once a step: two where the engine
/// trains, one where it only scores.
struct PackedWeights {
  /// One matrix `(rows, columns)`.
  struct Matrix {
    let tensor: ParameterLayout.Tensor
    /// Offset of the panels of `W`, for `y = x · W`.
    let forward: Int
    /// Offset of the panels of `Wᵀ`, for `dX = dY · Wᵀ`; −1 where the engine does not train.
    let backward: Int
  }

  struct Attention {
    let queryKeyValue: Matrix, output: Matrix
  }

  struct Block {
    let attention: Attention?
    let up: Matrix, down: Matrix
  }

  struct Predictor {
    let keyValue: Matrix, output: Matrix, up: Matrix, down: Matrix
  }

  struct Automaton {
    let drive: Matrix, output: Matrix
  }

  let ngramProjection: Matrix?
  let contextUp: Matrix?
  let blocks: [Block]
  let head: Matrix
  let automaton: Automaton?
  let extra: [Matrix]
  let predictor: Predictor?
  let all: [Matrix]
  let arena: FloatArena
  let precision: Precision
  private let trains: Bool

  /// The arena of mixed precision, whose panels hold words of bf16 pairs.
  var words: UnsafeMutablePointer<UInt32> {
    UnsafeMutableRawPointer(arena.base).assumingMemoryBound(to: UInt32.self)
  }

  init(
    layout: ParameterLayout, precision: Precision, trains: Bool, kernels: KernelSet
  ) throws(AllocationError) {
    var plan = ArenaPlan()
    var matrices: [Matrix] = []
    func size(_ K: Int, _ N: Int) -> Int {
      switch precision {
      case .float32:
        let P = kernels.panelWidth
        return (N + P - 1) / P * P * K
      case .mixedBFloat16:
        let P = kernels.bfloat16.panelWidth
        return (N + P - 1) / P * P * ((K + 1) / 2)
      }
    }
    func place(_ tensor: ParameterLayout.Tensor) -> Matrix {
      let matrix = Matrix(
        tensor: tensor, forward: plan.place(size(tensor.rows, tensor.columns)),
        backward: trains ? plan.place(size(tensor.columns, tensor.rows)) : -1)
      matrices.append(matrix)
      return matrix
    }
    ngramProjection = layout.ngramProjection.map(place)
    contextUp = layout.contexts.map { place($0.up) }
    blocks = layout.blocks.map {
      Block(
        attention: $0.attention.map {
          Attention(queryKeyValue: place($0.queryKeyValue), output: place($0.output))
        },
        up: place($0.up), down: place($0.down))
    }
    head = place(layout.head)
    automaton = layout.automaton.map {
      Automaton(drive: place($0.drive), output: place($0.output))
    }
    extra = layout.extra.map { place($0.matrix) }
    predictor = layout.predictor.map {
      Predictor(
        keyValue: place($0.keyValue), output: place($0.output), up: place($0.up),
        down: place($0.down))
    }
    all = matrices
    self.precision = precision
    self.trains = trains
    arena = try FloatArena(count: plan.count)
    if precision == .mixedBFloat16 {
      _ = UnsafeMutableRawPointer(arena.base).bindMemory(to: UInt32.self, capacity: plan.count)
    }
  }

  /// Packs every matrix of `parameters` anew.
  func renew(from parameters: UnsafePointer<Float>, kernels: KernelSet, crew: Crew) {
    let source = SendablePointer(parameters)
    let target = SendableMutablePointer(arena.base)
    let words = SendableMutablePointer(words)
    let (precision, trains) = (self.precision, self.trains)
    let all = self.all
    crew.run(tasks: all.count) { task, _ in
      let matrix = all[task]
      let weights = source.pointer + matrix.tensor.offset
      let (rows, columns) = (matrix.tensor.rows, matrix.tensor.columns)
      switch precision {
      case .float32:
        kernels.pack(weights, columns, 1, rows, columns, target.pointer + matrix.forward)
        if trains {
          kernels.pack(weights, 1, columns, columns, rows, target.pointer + matrix.backward)
        }
      case .mixedBFloat16:
        let pack = kernels.bfloat16.pack
        pack(weights, columns, 1, rows, columns, words.pointer + matrix.forward)
        if trains { pack(weights, 1, columns, columns, rows, words.pointer + matrix.backward) }
      }
    }
  }
}

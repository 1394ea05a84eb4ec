using Qwen35Batch.Inference.Checkpoints;
using Qwen35Batch.Inference.Models;

namespace Qwen35Batch.Inference.Conversion.Onnx;

/// <summary>
/// The gated delta rule of standard operators, in chunks: within a chunk all tokens are computed together (the WY form of Yang et al.,
/// "Gated Delta Networks", 2024), and a Scan takes the state from chunk to chunk. A decode step is a chunk of one token.
/// </summary>
internal sealed class PortableDeltaRule
{
    /// <summary>Tokens of a chunk, a power of two; fewer when there are not as many.</summary>
    private const int Longest = 64;

    private readonly ModelGraph _graph;
    private readonly TextConfig _config;
    private readonly Lazy<Shared> _shared;

    public PortableDeltaRule(ModelGraph graph)
    {
        _graph = graph;
        _config = graph.Checkpoint.Config.Text;
        _shared = new Lazy<Shared>(BuildShared);
    }

    public string Build(string node, DeltaRuleInputs inputs, string past, string present)
    {
        var (queries, keys) = QueriesAndKeys(node, inputs.QueriesAndKeys);
        var values = Chunks(node + ".v", inputs.Values, _config.LinearValueHeads, _config.LinearValueDim);
        var beta = Chunks(node + ".beta", _graph.Add(node + ".beta_sigmoid", "Sigmoid", [inputs.Beta]), _config.LinearValueHeads, 1);
        var shifted = _graph.Add(
            node + ".decay_softplus", "Softplus", [_graph.Add(node + ".decay_shifted", "Add", [inputs.Decay, inputs.DecayBias])]);
        var logs = Chunks(
            node + ".decay", _graph.Add(node + ".decay_scaled", "Mul", [shifted, inputs.DecayScale]), _config.LinearValueHeads, 1);

        // [chunks, batch, heads, tokens, 1]: how much of the state before the chunk is left at each token, as a logarithm; then from token
        // to token.
        var left = _graph.Add(node + ".left_log", "CumSum", [logs, _graph.Onnx.Scalar(3L)]);
        var between = _graph.Add(
            node + ".between",
            "Exp",
            [
                _graph.Add(
                    node + ".between_log",
                    "Min",
                    [_graph.Add(node + ".between_difference", "Sub", [left, Turned(node + ".left_row", left)]), _graph.Onnx.Scalar(0f)])
            ]);
        var fading = _graph.Add(node + ".left", "Exp", [left]);
        var last = _graph.Add(
            node + ".last_log", "Slice", [left, _graph.Onnx.Constant(-1L), _graph.Onnx.Constant(long.MaxValue), _graph.Onnx.Constant(3L)]);
        var toEnd = _graph.Add(node + ".to_end", "Exp", [_graph.Add(node + ".to_end_log", "Sub", [last, left])]);

        // What each token writes, as if the state before the chunk were zero, and what of that state it takes back.
        var weighted = _graph.Add(node + ".k_beta", "Mul", [keys, beta]);
        var keyColumns = Turned(node + ".k_columns", keys);
        var overlap = _graph.Add(
            node + ".overlap", "Mul", [_graph.Add(node + ".overlap_plain", "MatMul", [weighted, keyColumns]), between]);
        var solved = _graph.Onnx.Add(
            node + ".solved_split",
            "Split",
            [
                _graph.Add(
                    node + ".solved",
                    "MatMul",
                    [
                        Inverse(node + ".inverse", overlap),
                        _graph.Add(
                            node + ".unsolved",
                            "Concat",
                            [
                                _graph.Add(node + ".v_beta", "Mul", [values, beta]),
                                _graph.Add(node + ".k_beta_left", "Mul", [weighted, fading])
                            ],
                            ("axis", -1)),
                    ]),
                _graph.Onnx.Constant(_config.LinearValueDim, _config.LinearKeyDim),
            ],
            [node + ".written", node + ".taken"],
            ("axis", -1));
        var seen = _graph.Add(
            node + ".seen",
            "Mul",
            [
                _graph.Add(node + ".seen_all", "MatMul", [queries, keyColumns]),
                _graph.Add(node + ".between_seen", "Mul", [between, _shared.Value.Lower])
            ]);
        var readers = _graph.Add(
            node + ".readers", "Concat", [solved[1], _graph.Add(node + ".q_left", "Mul", [queries, fading])], ("axis", 3));
        var writers = Turned(node + ".writers", _graph.Add(node + ".k_to_end", "Mul", [keys, toEnd]));
        var chunks = _graph.Onnx.Add(
            node + ".scan",
            "Scan",
            [past, readers, solved[0], seen, writers, _graph.Add(node + ".fade", "Exp", [last])],
            [present, node + ".chunks"],
            ("body", Step(node + ".step")),
            ("num_scan_inputs", 5))[1];
        var tokens = _graph.Reshape(
            node + ".padded",
            _graph.Onnx.Transpose(node + ".by_token", chunks, 1, 0, 3, 2, 4),
            0,
            -1,
            _config.LinearValueHeads * _config.LinearValueDim);
        return _graph.Add(node, "Slice", [tokens, _graph.Onnx.Constant(0L), _shared.Value.Length, _graph.Onnx.Constant(1L)]);
    }

    /// <summary>
    /// One chunk. The old state is read by two nodes, and the new one needs both.
    /// </summary>
    private static OnnxGraph Step(string node)
    {
        var body = new OnnxGraph(node, isBody: true);
        var state = body.Input(node + ".state");
        var (readers, written, seen) = (body.Input(node + ".readers"), body.Input(node + ".written"), body.Input(node + ".seen"));
        var (writers, fade) = (body.Input(node + ".writers"), body.Input(node + ".fade"));
        var read = body.Add(
            node + ".read",
            "Split",
            [body.Add(node + ".read_all", "MatMul", [readers, state])],
            [node + ".taken", node + ".carried"],
            ("axis", 2),
            ("num_outputs", 2));
        var news = body.Add(node + ".new", "Sub", [written, read[0]]);
        var next = body.Add(
            node + ".next", "Add", [body.Add(node + ".faded", "Mul", [state, fade]), body.Add(node + ".added", "MatMul", [writers, news])]);
        body.Output(next);
        body.Output(body.Add(node + ".values", "Add", [read[1], body.Add(node + ".values_new", "MatMul", [seen, news])]));
        return body;
    }

    /// <summary>Normalised, for every value head: <c>[chunks, batch, value heads, tokens, key dim]</c>.</summary>
    private (string Queries, string Keys) QueriesAndKeys(string node, string input)
    {
        var (heads, dim) = (_config.LinearKeyHeads, _config.LinearKeyDim);
        var chunks = Chunks(node + ".qk", input, 2 * heads, dim);
        var square = _graph.Add(node + ".qk_square", "Mul", [chunks, chunks]);
        var sum = _graph.Add(node + ".qk_sum", "ReduceSum", [square, _graph.Onnx.Constant(-1L)]);
        var norm = _graph.Add(
            node + ".qk_norm",
            "Sqrt",
            [_graph.Add(node + ".qk_sum_epsilon", "Add", [sum, _graph.Onnx.Scalar(DeltaRuleInputs.NormEpsilon)])]);
        var normed = _graph.Add(node + ".qk_normed", "Div", [chunks, norm]);
        var perKey = _config.LinearValueHeads / heads;
        var keyOf = Enumerable.Range(0, _config.LinearValueHeads).Select(head => (long)(head / perKey)).ToArray();
        var queries = _graph.Add(node + ".q_unscaled", "Gather", [normed, _graph.Onnx.Constant(keyOf)], ("axis", 2));
        return (
            _graph.Add(node + ".q", "Mul", [queries, _graph.Onnx.Scalar(1 / MathF.Sqrt(dim))]),
            _graph.Add(node + ".k", "Gather", [normed, _graph.Onnx.Constant(Array.ConvertAll(keyOf, head => head + heads))], ("axis", 2)));
    }

    /// <summary>
    /// Sequences <c>[batch, sequence, heads * dim]</c>, filled up with zeros, as <c>[chunks, batch, heads, tokens, dim]</c>.
    /// </summary>
    private string Chunks(string node, string input, int heads, int dim)
    {
        var shape = _graph.Add(
            node + "_shape", "Concat", [_graph.Onnx.Constant(0, -1), _shared.Value.Tokens, _graph.Onnx.Constant(heads, dim)], ("axis", 0));
        var padded = _graph.Add(node + "_padded", "Pad", [input, _shared.Value.Padding]);
        return _graph.Onnx.Transpose(node + "_chunks", _graph.Add(node + "_split", "Reshape", [padded, shape]), 1, 0, 3, 2, 4);
    }

    /// <summary>
    /// The inverse of 1 + the part of a matrix below its diagonal. That of blocks twice as large follows from that of the blocks, as
    /// exactly as by substitution.
    /// </summary>
    private string Inverse(string node, string matrix)
    {
        var inverse = _shared.Value.Identity;
        for (var level = 0; level < _shared.Value.Blocks.Count; level++)
        {
            var part = _graph.Add($"{node}.below_{level}", "Mul", [matrix, _shared.Value.Blocks[level]]);
            if (level > 0)
            {
                part = _graph.Add($"{node}.left_{level}", "MatMul", [inverse, part]);
                part = _graph.Add($"{node}.right_{level}", "MatMul", [part, inverse]);
            }

            inverse = _graph.Add($"{node}.level_{level}", "Sub", [inverse, part]);
        }

        return inverse;
    }

    private string Turned(string node, string input) => _graph.Onnx.Transpose(node, input, 0, 1, 2, 4, 3);

    private Shared BuildShared()
    {
        var length = _graph.Add("chunks.length", "Shape", [GraphNames.Positions], ("start", 2));
        var tokens = _graph.Add("chunks.tokens", "Min", [length, _graph.Onnx.Constant((long)Longest)]);
        var rest = _graph.Add("chunks.rest", "Mod", [_graph.Add("chunks.negative", "Neg", [length]), tokens]);
        return new Shared(
            length,
            tokens,
            _graph.Add("chunks.padding", "Concat", [_graph.Onnx.Constant(0, 0, 0, 0), rest, _graph.Onnx.Constant(0L)], ("axis", 0)),
            Square("identity", (row, column) => row == column),
            Square("lower", (row, column) => row >= column),
            [
                .. Enumerable.Range(0, int.Log2(Longest))
                    .Select(
                        level =>
                            Square($"below_{level}", (row, column) => row >> level == (column >> level) + 1 && (row >> level) % 2 == 1))
            ]);

        string Square(string name, Func<int, int, bool> isOne)
        {
            var values = Enumerable.Range(0, Longest * Longest).Select(i => isOne(i / Longest, i % Longest) ? 1f : 0).ToArray();
            var sizes = _graph.Onnx.Constant(0, 0);
            return _graph.Add(
                $"chunks.{name}",
                "Slice",
                [
                    _graph.Onnx.Constant(values, Longest, Longest),
                    sizes,
                    _graph.Add($"chunks.{name}_size", "Concat", [tokens, tokens], ("axis", 0))
                ]);
        }
    }

    /// <summary>What all linear attention layers use.</summary>
    /// <param name="Length">Tokens of a sequence.</param>
    /// <param name="Tokens">Tokens of a chunk.</param>
    /// <param name="Padding">For sequences, so that they can be cut into chunks.</param>
    /// <param name="Identity">Ones on the diagonal.</param>
    /// <param name="Lower">Ones on the diagonal and below.</param>
    /// <param name="Blocks">Ones where the second of two blocks meets the first, for blocks of 1, 2, 4 and so on.</param>
    private sealed record Shared(string Length, string Tokens, string Padding, string Identity, string Lower, IReadOnlyList<string> Blocks);
}

using Qwen35Batch.Inference.Models;

namespace Qwen35Batch.Inference.Conversion.Onnx;

/// <summary>
/// The parts of the graphs that are built from other operators for each <see cref="GraphKind"/>. Rows are <c>[batch * sequence, width]</c>,
/// sequences <c>[batch, sequence, width]</c>. The engine gives a state's input and output the same memory: what is computed from an old
/// state must be computed before the new one is written.
/// </summary>
internal interface IOperatorSet
{
    /// <summary>Divides by the root mean square over the last axis, and multiplies by a constant.</summary>
    string RootNorm(string node, string input, string weight, float epsilon);

    /// <summary>Adds a branch to the residual stream and normalises the sum.</summary>
    (string Normed, string Sum) AddAndNorm(string node, string hidden, string branch, string weight, float epsilon);

    /// <summary><c>x * sigmoid(x)</c>.</summary>
    string Silu(string node, string input);

    /// <summary><c>sum + branch * gate</c>, with one gate a row.</summary>
    string GatedAdd(string node, string sum, string branch, string gate);

    /// <summary>The causal convolution of each channel of sequences, and its state <c>[batch, taps, channels]</c>.</summary>
    /// <param name="weight"><c>[channels, 1, kernel]</c>.</param>
    string Convolve(string node, string input, string weight, string past, string present);

    /// <summary>The gated delta rule over sequences, and its state. Gives values, in the shape of sequences.</summary>
    string DeltaRule(string node, DeltaRuleInputs inputs, string past, string present);

    /// <summary>Interleaved multi-axis rotary positions on the heads of sequences.</summary>
    string Rotate(string node, string input, int heads);

    /// <summary>
    /// Grouped-query attention over sequences, and the cache that their keys and values are written into. Gives sequences.
    /// </summary>
    string Attend(string node, string queries, string keys, string values, CacheStates states);

    /// <summary>The routed experts on rows.</summary>
    /// <param name="scores"><c>[rows, experts]</c>: the router's logits.</param>
    /// <param name="prefix">The name of the layer's feed-forward part, with the dot.</param>
    string Experts(string node, string input, string scores, string prefix);

    /// <summary>Attention within each frame, with rotary positions on queries and keys. Takes and gives rows of patches.</summary>
    /// <param name="framesShape">The value <c>[frames, patches of a frame, hidden]</c>.</param>
    /// <param name="cos"><c>[patches of a frame, head dim / 2]</c>; <paramref name="sin"/> as well.</param>
    string AttendWithinFrames(string node, string[] parts, string framesShape, string cos, string sin);
}

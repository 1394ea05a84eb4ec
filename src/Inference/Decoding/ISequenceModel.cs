using Qwen35Batch.Inference.Decoding.States;

namespace Qwen35Batch.Inference.Decoding;

/// <summary>
/// The decoder with its state: a fixed number of slots, each with the KV cache, the conv state and the recurrent state of one
/// sequence. Only the engine's loop calls it, one call at a time. A seam: the ONNX Runtime implementation, and a
/// deterministic one in the tests of the engine.
/// </summary>
internal interface ISequenceModel : IDisposable
{
    /// <summary>The number of sequences that fit.</summary>
    int Slots { get; }

    /// <summary>The number of tokens that fit into one slot, prompt and answer together.</summary>
    int MaxLength { get; }

    /// <summary>The length of a row of logits.</summary>
    int VocabularySize { get; }

    /// <summary>The length of an embedding.</summary>
    int HiddenSize { get; }

    /// <summary>Bytes of state that one slot holds.</summary>
    long BytesPerSlot { get; }

    /// <summary>
    /// Whether the logits of a row of a decode run depend, to the last bit, on the row and on the number of rows alone, and not on what the
    /// others hold.
    /// </summary>
    bool HasIndependentRows { get; }

    /// <summary>What has crossed between machine and device; null where the states are in the memory of the machine.</summary>
    DeviceTraffic? Traffic => null;

    /// <summary>The logits of the last decode step that left them on a device; null where every step gives them.</summary>
    IKeptLogits? Kept => null;

    /// <summary>
    /// Feeds the next tokens of one sequence. A <see cref="PrefillChunk.Past"/> of 0 starts a new sequence: the slot's old state is
    /// forgotten.
    /// </summary>
    /// <param name="chunk">The tokens and where they go.</param>
    /// <param name="logits">Empty when not wanted; else <c>[n, VocabularySize]</c> for the chunk's last n tokens.</param>
    void Prefill(PrefillChunk chunk, Span<float> logits);

    /// <summary>Feeds one token to each of the slots 0 to n-1, in one run of the model.</summary>
    /// <param name="tokens">One token a slot.</param>
    /// <param name="past">How many tokens each slot holds already. 0 marks an idle slot: it is computed, and means nothing.</param>
    /// <param name="positions">The position of each token, the same on all three axes.</param>
    /// <param name="logits"><c>[n, VocabularySize]</c>; empty where there is <see cref="Kept"/>, and they are to stay there.</param>
    void Decode(ReadOnlySpan<int> tokens, ReadOnlySpan<int> past, ReadOnlySpan<int> positions, Span<float> logits);

    /// <summary>Copies the first <paramref name="length"/> tokens' state from one slot into another.</summary>
    void CopySlot(int from, int to, int length);

    /// <summary>
    /// Copies a slot's state after <paramref name="length"/> tokens out of the slots, to be restored any number of times.
    /// </summary>
    ISequenceSnapshot Save(int slot, int length);

    /// <summary>
    /// Overwrites a slot's state with a snapshot; the sequence goes on after <see cref="ISequenceSnapshot.Length"/> tokens.
    /// </summary>
    void Restore(ISequenceSnapshot snapshot, int slot);
}

namespace Qwen35Batch.Inference.Decoding;

/// <summary>
/// What is known of a row of logits that stayed on a device: the best of the allowed tokens, and what all of them weigh together. Room that
/// is used again in each step.
/// </summary>
/// <param name="row">The row of the step.</param>
/// <param name="room">Tokens at most.</param>
internal sealed class BestLogits(int row, int room)
{
    private readonly int[] _ids = new int[room];
    private readonly float[] _logits = new float[room];
    private int _count;

    public int Row => row;

    /// <summary>Bit <c>id % 64</c> of element <c>id / 64</c> is set where a token is allowed; empty allows all.</summary>
    public ReadOnlyMemory<ulong> Mask { get; set; }

    /// <summary>How many tokens are allowed.</summary>
    public int Allowed { get; set; }

    /// <summary>Allowed tokens, in no order.</summary>
    public ReadOnlySpan<int> Ids => _ids.AsSpan(0, _count);

    /// <summary>Their logits.</summary>
    public ReadOnlySpan<float> Logits => _logits.AsSpan(0, _count);

    /// <summary>
    /// No allowed token that is missing has a larger logit; negative infinity when none is missing. All that are there have a larger one.
    /// </summary>
    public float Floor { get; private set; }

    /// <summary>The sum of <c>exp(logit - largest)</c> over all allowed tokens.</summary>
    public double Sum { get; private set; }

    /// <summary>Whether all logits of the row, allowed or not, are finite numbers.</summary>
    public bool IsFinite { get; private set; }

    /// <summary>Whether every allowed token is there.</summary>
    public bool IsAll => _count == Allowed;

    /// <summary>Forgets what was found in an earlier step.</summary>
    public void Clear(float floor, double sum, bool isFinite) => (_count, Floor, Sum, IsFinite) = (0, floor, sum, isFinite);

    public void Add(int id, float logit) => (_ids[_count], _logits[_count++]) = (id, logit);
}

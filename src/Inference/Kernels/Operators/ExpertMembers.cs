namespace Qwen35Batch.Inference.Kernels.Operators;

/// <summary>
/// The rows of each expert. The shared expert comes first, with all rows; then those routed experts that have any, ascending.
/// </summary>
internal sealed unsafe class ExpertMembers
{
    private readonly int _rows;
    private readonly int _experts;
    private readonly int _perToken;
    private readonly int[] _chosen;
    private readonly float[] _weights;

    public ExpertMembers(int rows, int experts, int perToken)
    {
        (_rows, _experts, _perToken) = (rows, experts, perToken);
        _chosen = new int[rows * perToken];
        _weights = new float[rows * perToken];
        Rows = new int[rows * (perToken + 1)];
        Weights = new float[rows * (perToken + 1)];
    }

    /// <summary>The members' rows, group after group.</summary>
    public int[] Rows { get; }

    /// <summary>What each member's result is multiplied by.</summary>
    public float[] Weights { get; }

    /// <summary>Chooses the experts of some rows; all rows must have been seen before they are grouped.</summary>
    /// <param name="scores"><c>[rows, experts + 1]</c>, the shared expert's last.</param>
    public void Choose(float* scores, int from, int to)
    {
        for (var row = from; row < to; row++)
        {
            var own = new ReadOnlySpan<float>(scores + ((long)row * (_experts + 1)), _experts + 1);
            Routing.Choose(own[.._experts], _chosen.AsSpan(row * _perToken, _perToken), _weights.AsSpan(row * _perToken, _perToken));
            Rows[row] = row;
            Weights[row] = Routing.Sigmoid(own[_experts]);
        }
    }

    /// <summary>The groups of routed experts.</summary>
    public ExpertGroup[] Group()
    {
        var counts = new int[_experts];
        foreach (var expert in _chosen)
        {
            counts[expert]++;
        }

        var places = new int[_experts];
        var groups = new List<ExpertGroup>(_experts);
        for (int expert = 0, first = _rows; expert < _experts; first += counts[expert++])
        {
            places[expert] = first;
            if (counts[expert] > 0)
            {
                groups.Add(new ExpertGroup(expert, first, counts[expert]));
            }
        }

        for (var i = 0; i < _chosen.Length; i++)
        {
            var place = places[_chosen[i]]++;
            (Rows[place], Weights[place]) = (i / _perToken, _weights[i]);
        }

        return [.. groups];
    }
}

namespace Qwen35Batch.Inference.Batching.Sequences;

/// <summary>
/// Requests without a slot. A group that starts to wait goes to the end of the round, and so does one that was served; a group
/// is therefore overtaken at most once by every other group, however many requests those have.
/// </summary>
internal sealed class RequestQueue
{
    private readonly List<Sequence> _sequences = [];
    private readonly Dictionary<string, RequestGroup> _groups = new(StringComparer.Ordinal);
    private long _turn;

    /// <summary>In order of arrival.</summary>
    public IReadOnlyList<Sequence> Sequences => _sequences;

    public void Add(Sequence sequence)
    {
        if (!_groups.TryGetValue(sequence.GroupName, out var group))
        {
            group = new RequestGroup(sequence.GroupName) { Turn = ++_turn };
            _groups.Add(group.Name, group);
        }

        group.Waiting++;
        sequence.Wait(group);
        _sequences.Add(sequence);
    }

    /// <summary>Takes out a request that gets a slot: its group has had its turn.</summary>
    public void Serve(Sequence sequence)
    {
        if (Remove(sequence))
        {
            sequence.Group!.Turn = ++_turn;
        }
    }

    /// <summary>Takes out a request that will never run.</summary>
    public bool Remove(Sequence sequence)
    {
        if (!_sequences.Remove(sequence))
        {
            return false;
        }

        if (--sequence.Group!.Waiting == 0)
        {
            _groups.Remove(sequence.Group.Name);
        }

        return true;
    }
}

namespace Qwen35Batch.Pipeline.Tools;

/// <summary>
/// Remembers which runs timed out or crashed once, so that the first time is tried again and only the second is a verdict about the media.
/// </summary>
internal sealed class ToolSuspects
{
    private const int Most = 4_096;
    private readonly Lock _lock = new();
    private readonly Dictionary<string, LinkedListNode<string>> _known = [];
    private readonly LinkedList<string> _byAge = [];

    /// <summary>Whether this run has failed before; it is remembered from now on.</summary>
    public bool IsSecondTime(ToolRequest request)
    {
        var run = request.Identity;
        lock (_lock)
        {
            if (_known.ContainsKey(run))
                return true;
            if (_known.Count == Most)
            {
                _known.Remove(_byAge.First!.Value);
                _byAge.RemoveFirst();
            }

            _known[run] = _byAge.AddLast(run);
            return false;
        }
    }

    /// <summary>Forgets a run that has come to its end.</summary>
    public void Clear(ToolRequest request)
    {
        lock (_lock)
        {
            if (_known.Remove(request.Identity, out var node))
                _byAge.Remove(node);
        }
    }
}

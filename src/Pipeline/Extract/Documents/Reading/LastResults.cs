namespace Qwen35Batch.Pipeline.Extract.Documents.Reading;

/// <summary>
/// What stands behind the texts of the documents that were last opened: their parts follow each other by the thousand, and it may be as
/// long as the text. A stored document never changes under its name, but one that was damaged is not as long.
/// </summary>
internal sealed class LastResults
{
    private const int MaxDocuments = 4;
    private readonly LinkedList<(string Path, long Length, ReadResult Result)> _last = [];

    /// <summary>That of a stored document; null when it is not known.</summary>
    public ReadResult? Find(string path, long length)
    {
        lock (_last)
            return _last.FirstOrDefault(each => each.Path == path && each.Length == length).Result;
    }

    /// <summary>Keeps one, before those that were opened earlier.</summary>
    public void Keep(string path, long length, ReadResult result)
    {
        lock (_last)
        {
            for (var each = _last.First; each is not null; each = each.Next)
            {
                if (each.Value.Path == path)
                {
                    _last.Remove(each);
                    break;
                }
            }

            _last.AddFirst((path, length, result));
            if (_last.Count > MaxDocuments)
                _last.RemoveLast();
        }
    }
}

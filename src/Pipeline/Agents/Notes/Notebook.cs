using System.Globalization;
using Qwen35Batch.Pipeline.Agents.Tools;

namespace Qwen35Batch.Pipeline.Agents.Notes;

/// <summary>All that a job knows of what others wrote: checked notes, and the sources that they are of.</summary>
internal sealed class Notebook
{
    private readonly List<Note> _notes = [];
    private readonly List<ReadSource> _sources = [];

    public IReadOnlyList<Note> Notes => _notes;

    public IReadOnlyList<ReadSource> Sources => _sources;

    public Note? Find(string id) => _notes.Find(note => note.Id == id);

    public Note Add(CheckedNote note)
    {
        var number = _sources.FindIndex(source => source.Address == note.Source.Address && source.Sha256 == note.Source.Sha256) + 1;
        if (number == 0)
        {
            _sources.Add(note.Source);
            number = _sources.Count;
        }

        var added = new Note(string.Create(CultureInfo.InvariantCulture, $"n{_notes.Count + 1}"), note.Claim, note.Quote, number);
        _notes.Add(added);
        return added;
    }
}

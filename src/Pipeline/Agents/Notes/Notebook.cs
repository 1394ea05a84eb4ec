using System.Globalization;
using Qwen35Batch.Pipeline.Agents.Tools;

namespace Qwen35Batch.Pipeline.Agents.Notes;

/// <summary>All that a job knows of what others wrote: checked notes, and the sources that they are of.</summary>
internal sealed class Notebook
{
    private readonly List<Note> _notes = [];
    private readonly List<ReadSource> _sources = [];
    private readonly HashSet<ReadSource> _distrusted = [];
    private int _count;

    public IReadOnlyList<Note> Notes => _notes;

    public IReadOnlyList<ReadSource> Sources => _sources;

    public Note? Find(string id) => _notes.Find(note => note.Id == id);

    /// <returns>Null for a note of a source that is cited no more.</returns>
    public Note? Add(CheckedNote note)
    {
        if (_distrusted.Any(source => IsSame(source, note.Source))) return null;
        var number = _sources.FindIndex(source => IsSame(source, note.Source)) + 1;
        if (number == 0)
        {
            _sources.Add(note.Source);
            number = _sources.Count;
        }

        var added = new Note(
            string.Create(CultureInfo.InvariantCulture, $"n{++_count}"), note.Claim, note.Quote, number, note.Origin);
        _notes.Add(added);
        return added;
    }

    /// <summary>
    /// Sources that wrote what a model then asked for against the rules lose the right to be cited: whoever is obeyed in one thing may be
    /// obeyed in others.
    /// </summary>
    /// <param name="wanted">What was asked for: the name of a tool, an address.</param>
    /// <returns>The sources that are cited no more.</returns>
    public IReadOnlyList<ReadSource> Distrust(string wanted)
    {
        var guilty = _notes.Where(note => note.Origin.Contains(wanted, StringComparison.OrdinalIgnoreCase))
            .Select(note => _sources[note.Source - 1])
            .Distinct()
            .ToList();
        foreach (var source in guilty)
        {
            var number = _sources.IndexOf(source) + 1;
            _distrusted.Add(source);
            _sources.RemoveAt(number - 1);
            _notes.RemoveAll(note => note.Source == number);
            for (var index = 0; index < _notes.Count; index++)
                if (_notes[index].Source > number) _notes[index] = _notes[index] with { Source = _notes[index].Source - 1 };
        }

        return guilty;
    }

    private static bool IsSame(ReadSource one, ReadSource other) => one.Address == other.Address && one.Sha256 == other.Sha256;
}

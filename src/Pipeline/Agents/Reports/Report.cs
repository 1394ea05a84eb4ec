using Qwen35Batch.Pipeline.Agents.Tools;

namespace Qwen35Batch.Pipeline.Agents.Reports;

/// <summary>A cited report. All of its texts may be foreign: they are made harmless where they are written.</summary>
/// <param name="Title">The title.</param>
/// <param name="Language">The language tag of the texts, such as <c>ja</c>: it decides words, fonts and how lines are broken.</param>
/// <param name="Sections">The sections, in order.</param>
/// <param name="Notes">What was found in the sources; paragraphs name them by their ids.</param>
/// <param name="Sources">The sources, in the order of their numbers from 1 on.</param>
/// <param name="DroppedParagraphs">How many paragraphs were left out because no note carried them.</param>
/// <param name="Pictures">Pictures with the places that were cited, after the sections.</param>
public sealed record Report(
    string Title,
    string Language,
    IReadOnlyList<ReportSection> Sections,
    IReadOnlyList<ReportNote> Notes,
    IReadOnlyList<ReadSource> Sources,
    int DroppedParagraphs,
    IReadOnlyList<ReportPicture> Pictures)
{
    /// <summary>Sentences, names, codes and quotations of what was read that were withheld.</summary>
    public int Withheld { get; init; }

    /// <summary>The numbers of the sources that carry a paragraph, lowest first, each once.</summary>
    internal IReadOnlyList<int> SourceNumbers(ReportParagraph paragraph) =>
        [.. Notes.Where(note => paragraph.NoteIds.Contains(note.Id)).Select(NumberOf).Where(number => number > 0).Distinct().Order()];

    /// <summary>The notes of a source that a paragraph rests on.</summary>
    internal IReadOnlyList<ReportNote> CitedNotes(ReadSource source)
    {
        var cited = Sections.SelectMany(section => section.Paragraphs).SelectMany(paragraph => paragraph.NoteIds).ToHashSet();
        return [.. Notes.Where(note => note.Source == source.Address && cited.Contains(note.Id))];
    }

    private int NumberOf(ReportNote note) => Sources.TakeWhile(source => source.Address != note.Source).Count() is var before
        && before < Sources.Count
            ? before + 1
            : 0;
}

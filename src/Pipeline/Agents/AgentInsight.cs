using System.Globalization;
using System.Text.Json;
using Qwen35Batch.Contracts.Insights;
using Qwen35Batch.Contracts.Stages;
using Qwen35Batch.Pipeline.Agents.Steps;

namespace Qwen35Batch.Pipeline.Agents;

/// <summary>The insight of an agent's job.</summary>
internal static class AgentInsight
{
    public static StageOutcome.Completed Of(AgentStudy study, ReportDraft draft, IReadOnlyList<StoredArtifact> artifacts)
    {
        var cited = draft.Sections.SelectMany(section => section.Paragraphs).SelectMany(paragraph => paragraph.Notes).ToHashSet();
        var spent = study.Journal.Spent;
        var insight = JsonSerializer.SerializeToElement(
            new
            {
                draft.Title,
                Sections = draft.Sections.Select(section => new
                {
                    section.Heading,
                    Paragraphs = section.Paragraphs.Select(paragraph => new { paragraph.Text, paragraph.Notes }),
                }),
                Notes = study.Notebook.Notes.Where(note => cited.Contains(note.Id))
                    .Select(note => new { note.Id, note.Claim, note.Quote, note.Source }),
                Sources = study.Notebook.Sources.Select((source, index) => new
                {
                    Number = index + 1,
                    Address = source.Address.OriginalString,
                    Title = source.Title ?? "",
                    FetchedAt = source.FetchedAt.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture),
                    source.Sha256,
                }),
                draft.Dropped,
                study.Withheld,
                Artifacts = artifacts.Select(artifact => artifact.Name),
                Used = new { spent.Steps, spent.Tokens, Seconds = (long)spent.Time.TotalSeconds, spent.Bytes },
            },
            StepJson.Options);
        return new(
            insight,
            [new Citation { Segment = study.Job.Segment.Number }],
            study.Usage,
            study.Model,
            ReadingNote.Join(study.Remarks),
            study.Remarks.Any(remark => remark.IsGap));
    }
}

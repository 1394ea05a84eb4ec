using Qwen35Batch.Contracts.Stages;
using Qwen35Batch.Pipeline.Extract.Segments;

namespace Qwen35Batch.Pipeline.Tests;

/// <summary>What was noted, as a reader of the insight sees it.</summary>
internal static class ReadNotes
{
    extension(ExtractedSegment segment)
    {
        public string? Note => ReadingNote.Join(segment.Notes);

        public bool HasGaps => segment.Notes.Any(note => note.IsGap);
    }

    extension(MediaDescription media)
    {
        public string? Note => ReadingNote.Join(media.Notes ?? []);

        public bool HasGaps => media.Notes?.Any(note => note.IsGap) == true;
    }
}

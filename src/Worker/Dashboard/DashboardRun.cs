namespace Qwen35Batch.Worker.Dashboard;

/// <summary>A row of the table of corpus runs.</summary>
internal sealed record DashboardRun(
    string Corpus, DateOnly Date, string State, int Found, int Enqueued, int Unchanged, long Completed, long NotCompleted);

using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Options;
using Qwen35Batch.Contracts.Steps;
using Qwen35Batch.Pipeline.Agents.Notes;
using Qwen35Batch.Pipeline.Agents.Steps;
using Qwen35Batch.Pipeline.Agents.Tools;
using Qwen35Batch.Pipeline.Prepare;

namespace Qwen35Batch.Pipeline.Agents;

/// <summary>
/// Reads what others wrote by a request of its own, without tools, which can only give notes with quotes. Only notes whose quotes stand in
/// the text go further, fenced.
/// </summary>
internal sealed class ReadPhase(AgentModel model, IOptions<AgentOptions> options)
{
    private const int MostAddresses = 30;

    /// <returns>What the planner is told.</returns>
    public async Task<string> RunAsync(
        AgentStudy study, StepRecord call, CallResult result, bool isOwnData, CancellationToken cancellationToken)
    {
        if (study.StepsForActing <= 0)
        {
            study.Gap(
                $"What step {call.Number} ({call.Tool}) gave was not read: the budget of {study.Journal.Budget.Steps} steps is spent.");
            return "It was not read: the budget of steps is spent.";
        }

        var shown = ShownText.Of(
            result, Whole(call, result), new(study.Witnesses, study.Agent, study.Seen, isOwnData), options.Value.ReadCharacters);
        var question = NoteQuestion.Of(options.Value.NotesPerResult, study.Language);
        var answer = await study.AskAsync(
            StepKind.Read,
            call.Tool,
            StepJson.Write(new { call = call.Number }),
            (number, token) => model.AskAsync(study, question, $"The question:\n{study.Question}\n\n{shown.Fenced}", number, token),
            cancellationToken);
        if (shown.LeftOut > 0)
        {
            study.Gap(
                $"Of what step {call.Number} ({call.Tool}) gave, {shown.LeftOut:N0} characters were not read (Agent:ReadCharacters).");
        }

        var notes = answer?.Answer is { } said ? Add(study, shown, said) : [];
        // Of lists that nothing is cited from, nothing is missing in the report.
        if (result.Source is not null || notes.Count > 0) study.Withhold(new(call.Number, shown.Sentences, shown.Words));
        return $"{Notes(notes)}\n{Addresses(result)}";
    }

    private static List<Note> Add(AgentStudy study, ShownText shown, System.Text.Json.JsonElement said) =>
    [
        .. said.GetProperty("notes").EnumerateArray()
            .Select(note => shown.Check(note.GetProperty("claim").GetString()!, note.GetProperty("quote").GetString()!))
            .OfType<CheckedNote>()
            .Select(study.Notebook.Add)
            .OfType<Note>()
    ];

    private static ReadSource Whole(StepRecord call, CallResult result) => result.Source ?? new(
        new Uri("step:" + call.Number.ToString(System.Globalization.CultureInfo.InvariantCulture)),
        call.Tool,
        call.StartedAt ?? call.PlannedAt,
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(result.Text))));

    private static string Notes(List<Note> notes) => notes.Count == 0
        ? "It was read, and says nothing to the question."
        : UntrustedText.Fence("Notes of it", string.Join('\n', notes.Select(Line)));

    /// <summary>A note as the model is told of it.</summary>
    public static string Line(Note note) => $"{note.Id} (source {note.Source}): {note.Claim} — \"{note.Quote}\"";

    private static string Addresses(CallResult result) => result.Addresses.Count == 0
        ? ""
        : UntrustedText.Fence(
            "Addresses that may be read",
            string.Join('\n', result.Addresses.Take(MostAddresses).Select(address => address.Address.AbsoluteUri)));
}

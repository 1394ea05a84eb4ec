using System.CommandLine;
using Qwen35Batch.Persistence.Reading;
using Qwen35Batch.Worker.Configuration;
using Qwen35Batch.Worker.Remote;

namespace Qwen35Batch.Worker.Commands.Arguments;

/// <summary>A job's id as a person types it: whole, or enough of its beginning or end.</summary>
internal static class JobIdArgument
{
    public static Argument<string> Create() => new("job") { Description = "A job's id, or the first or last digits of it." };

    public static Argument<string?> CreateOptional(string otherwise) => new("job")
    {
        Description = $"A job's id, or the first or last digits of it; {otherwise}",
        Arity = ArgumentArity.ZeroOrOne,
    };

    /// <exception cref="CommandException">It is no id, or that of no job or of several.</exception>
    public static async Task<Guid> FindAsync(IJobs jobs, string text, CancellationToken cancellationToken)
    {
        if (JobIdPart.Read(text) is not { } part)
        {
            throw new CommandException(
                $"'{text}' is no job's id: give its 32 hexadecimal digits, or {JobIdPart.Shortest} or more of its beginning or end.");
        }

        if (part.Whole is { } id) return id;
        return await jobs.FindIdsAsync(part, cancellationToken) switch
        {
            [] => throw new CommandException($"There is no job whose id begins or ends with '{text}'."),
            [var only] => only,
            var several => throw new CommandException(
                $"The ids of several jobs begin or end with '{text}', such as {several[0]} and {several[1]}: give more digits."),
        };
    }

    public static CommandException Unknown(Guid id) => new($"There is no job {id}.");
}

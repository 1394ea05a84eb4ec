using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Options;
using Qwen35Batch.Inference.Checkpoints;
using Qwen35Batch.Inference.Providers;
using Qwen35Batch.Persistence.Databases;
using Qwen35Batch.Pipeline.Agents.Tools;
using Qwen35Batch.Pipeline.Tasks;
using Qwen35Batch.Worker.Configuration;
using Qwen35Batch.Worker.Messaging;
using Qwen35Batch.Worker.Run;

namespace Qwen35Batch.Worker.Commands;

/// <summary>
/// What a user is told when a command ends with an exception: sentences for what a user can repair, everything for the rest.
/// </summary>
internal static partial class StartFailure
{
    public static IReadOnlyList<string> Explain(Exception exception) => exception switch
    {
        SettingsException settings => settings.Problems,
        OptionsValidationException options => options.Failures.Select(failure => OfAttribute().Replace(failure, "$1")).ToList(),
        CommandException
            or ModelFormatException
            or ExecutionProviderException
            or DeviceLostException
            or UnknownTaskException
            or InvalidTaskException
            or ToolFailedException
            or BrokerUnavailableException
            or HttpRequestException => [exception.Message],
        OperationCanceledException => ["Stopped before it was done."],
        AggregateException { InnerExceptions.Count: > 0 } many => many.InnerExceptions.SelectMany(Explain).ToList(),
        LedgerUnavailableException away => [$"{away.Message} Look at Ledger:Provider, Ledger:ConnectionString and the database itself."],
        IOException { InnerException: AddressInUseException } inUse => [$"{inUse.Message} Choose another address with --urls."],
        IOException or UnauthorizedAccessException or InvalidDataException => [exception.Message],
        _ => [exception.ToString()],
    };

    /// <summary>How a shell is told.</summary>
    public static int ExitCodeOf(Exception exception) => exception switch
    {
        LedgerUnavailableException => ExitCode.LedgerAway,
        AggregateException { InnerExceptions: [var only] } => ExitCodeOf(only),
        _ => ExitCode.Failed,
    };

    // What the framework puts around the sentence of an attribute.
    [GeneratedRegex("^DataAnnotation validation failed for '.*' members: '.*' with the error: '(.*)'\\.$")]
    private static partial Regex OfAttribute();
}

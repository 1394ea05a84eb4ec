using System.Data.Common;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Configuration;
using Qwen35Batch.Contracts.Stages;

namespace Qwen35Batch.Pipeline.Jobs;

/// <summary>
/// Strikes this program's own keys and passwords from texts that come from outside: a server that echoes a key in its error would put it
/// into the ledger, into events and onto the screen.
/// </summary>
/// <param name="secrets">The secrets; empty ones and those of less than six characters, which are words, are left out.</param>
internal sealed class OwnSecrets(IEnumerable<string?> secrets)
{
    private const int Shortest = 6;
    private const string Struck = "[struck out]";

    private static readonly string[] Names =
        ["ApiKey", "Key", "Password", "Secret", "SecretKey", "Token", "AccessKey", "SecretAccessKey", "SessionToken"];

    // The longest first: one may be a part of another.
    private readonly string[] _texts = [.. secrets
        .Where(secret => secret is { Length: >= Shortest })
        .SelectMany(secret => (string[])[secret!, Uri.EscapeDataString(secret!), JsonEncodedText.Encode(secret!).Value])
        .Distinct()
        .OrderByDescending(secret => secret.Length)];

    /// <summary>Those of all settings: keys and passwords by their names, passwords within connection strings and addresses.</summary>
    public static OwnSecrets Of(IConfiguration configuration) => new(configuration.AsEnumerable().SelectMany(Of));

    public string Strike(string text) =>
        _texts.Aggregate(text, (struck, secret) => struck.Replace(secret, Struck, StringComparison.Ordinal));

    /// <summary>Whether a text holds one, as it is or in a form in which it could be sent.</summary>
    public bool AreIn(string text)
    {
        var plain = Uri.UnescapeDataString(text);
        var joined = string.Concat(plain.Where(c => !char.IsWhiteSpace(c)));
        return _texts.Any(secret =>
            text.Contains(secret, StringComparison.OrdinalIgnoreCase)
            || plain.Contains(secret, StringComparison.OrdinalIgnoreCase)
            || joined.Contains(secret, StringComparison.OrdinalIgnoreCase)
            || joined.Contains(Convert.ToBase64String(Encoding.UTF8.GetBytes(secret)).TrimEnd('='), StringComparison.Ordinal));
    }

    /// <summary>
    /// Strikes them from what will be recorded, published and shown. The insight stays: a password can be a word of the media,
    /// and the key that an endpoint was sent is struck where its answers come in.
    /// </summary>
    public StageOutcome Strike(StageOutcome outcome) => outcome switch
    {
        StageOutcome.Completed { Note: { } note } completed => completed with { Note = Strike(note) },
        StageOutcome.Rejected rejected =>
            rejected with { Detail = Strike(rejected.Detail), RawAnswer = rejected.RawAnswer is { } answer ? Strike(answer) : null },
        StageOutcome.Deferred deferred => deferred with { Detail = Strike(deferred.Detail) },
        _ => outcome,
    };

    private static IEnumerable<string?> Of(KeyValuePair<string, string?> setting)
    {
        if (setting.Value is not { Length: > 0 } value) return [];
        // An element of a list has a number for its name.
        var name = setting.Key.Split(ConfigurationPath.KeyDelimiter).LastOrDefault(part => !int.TryParse(part, out _)) ?? "";
        if (Names.Any(secret =>
            name.Equals(secret, StringComparison.OrdinalIgnoreCase) || name.Equals($"{secret}s", StringComparison.OrdinalIgnoreCase)))
        {
            return [value];
        }

        if (name.EndsWith("ConnectionString", StringComparison.OrdinalIgnoreCase)) return [PasswordOf(value)];
        return Uri.TryCreate(value, UriKind.Absolute, out var address) && address.UserInfo.Split(':') is [_, { Length: > 0 } password]
            ? [Uri.UnescapeDataString(password)]
            : [];
    }

    private static string? PasswordOf(string connection)
    {
        try
        {
            var parts = new DbConnectionStringBuilder { ConnectionString = connection };
            return parts.TryGetValue("Password", out var password) || parts.TryGetValue("Pwd", out password) ? password.ToString() : null;
        }
        catch (ArgumentException)
        {
            // No connection string: whoever uses it says so.
            return null;
        }
    }
}

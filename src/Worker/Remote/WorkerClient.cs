using System.Net;
using System.Net.Http.Headers;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Qwen35Batch.Persistence.Databases;
using Qwen35Batch.Worker.Configuration;
using Qwen35Batch.Worker.Files;

namespace Qwen35Batch.Worker.Remote;

/// <summary>A worker's HTTP interface, as commands use it: what it refuses is a sentence.</summary>
internal sealed class WorkerClient : IDisposable
{
    // Numbers of a ledger of many millions take minutes.
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(10);

    private readonly HttpClient _client;

    /// <param name="server">The worker's address.</param>
    /// <param name="key">The key that it asks for; null for none.</param>
    public WorkerClient(Uri server, string? key)
    {
        _client = new() { BaseAddress = server, Timeout = Patience };
        if (key is { Length: > 0 }) _client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
        _client.DefaultRequestHeaders.Accept.ParseAdd("application/json");
    }

    /// <summary>The worker's address.</summary>
    public Uri Server => _client.BaseAddress!;

    /// <exception cref="CommandException">What is given is no address of a worker, or the key's file cannot be read.</exception>
    public static WorkerClient Connect(string server, ServerOptions options)
    {
        if (!Uri.TryCreate(server, UriKind.Absolute, out var url) || url.Scheme is not ("http" or "https"))
            throw new CommandException($"--server takes the worker's address, such as http://127.0.0.1:5080; '{server}' is none.");
        return new(url, options.KeyFile is { Length: > 0 } file ? Read(file) : options.Key);
    }

    /// <summary>A path with those of some values that are there.</summary>
    public static string Query(string path, params IEnumerable<(string Name, string? Value)> values)
    {
        var given = values.Where(value => value.Value is not null)
            .Select(value => $"{value.Name}={Uri.EscapeDataString(value.Value!)}").ToList();
        return given.Count == 0 ? path : $"{path}?{string.Join('&', given)}";
    }

    /// <summary>What the worker answers; null when it has no such thing (404).</summary>
    public async Task<T?> GetAsync<T>(string path, CancellationToken cancellationToken)
    {
        using var answer = await AskAsync(HttpMethod.Get, path, null, cancellationToken);
        return answer.StatusCode == HttpStatusCode.NotFound ? default : await ReadAsync<T>(answer, path, cancellationToken);
    }

    /// <summary>Sends a request; 404, 409 and 410 are answers too, which the caller looks into.</summary>
    public async Task<(HttpStatusCode Status, T? Reply)> SendAsync<T>(
        HttpMethod method, string path, object? body, CancellationToken cancellationToken)
    {
        using var answer = await AskAsync(method, path, body, cancellationToken);
        return answer.IsSuccessStatusCode && answer.StatusCode != HttpStatusCode.NoContent
            ? (answer.StatusCode, await ReadAsync<T>(answer, path, cancellationToken))
            : (answer.StatusCode, default);
    }

    /// <summary>The objects of a reply of JSON lines, while they come.</summary>
    public async IAsyncEnumerable<T> LinesAsync<T>(string path, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var answer = await AskAsync(HttpMethod.Get, path, null, cancellationToken);
        if (!answer.IsSuccessStatusCode) throw NoSuchAnswer(path);
        using var reader = new StreamReader(await answer.Content.ReadAsStreamAsync(cancellationToken));
        while (await reader.ReadLineAsync(cancellationToken) is { } line)
        {
            if (line.Length > 0) yield return JsonSerializer.Deserialize<T>(line, InsightFile.Json)!;
        }
    }

    /// <summary>Writes what the worker answers to a file.</summary>
    /// <returns>False when the worker has no such thing (404), or has it no longer (410).</returns>
    public async Task<bool> SaveAsync(string path, string file, CancellationToken cancellationToken)
    {
        using var answer = await AskAsync(HttpMethod.Get, path, null, cancellationToken);
        if (!answer.IsSuccessStatusCode) return false;
        await using var target = File.Create(file);
        await answer.Content.CopyToAsync(target, cancellationToken);
        return true;
    }

    public void Dispose() => _client.Dispose();

    private static string Read(string file)
    {
        try
        {
            return File.ReadAllText(file).Trim();
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            throw new CommandException($"Server:KeyFile cannot be read: {problem.Message}");
        }
    }

    private async Task<HttpResponseMessage> AskAsync(HttpMethod method, string path, object? body, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(method, path);
        if (body is not null) request.Content = JsonContent.Create(body, body.GetType(), options: InsightFile.Json);
        HttpResponseMessage answer;
        try
        {
            answer = await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        }
        catch (HttpRequestException problem)
        {
            throw new CommandException($"{Server} does not answer: {problem.Message}");
        }

        if (answer.IsSuccessStatusCode || answer.StatusCode is HttpStatusCode.NotFound or HttpStatusCode.Conflict or HttpStatusCode.Gone)
            return answer;
        using (answer)
        {
            var reason = await ReasonAsync(answer, cancellationToken);
            throw answer.StatusCode switch
            {
                HttpStatusCode.ServiceUnavailable => new LedgerUnavailableException(null, $"{Server} answers: {reason}", null),
                HttpStatusCode.Unauthorized => new CommandException(
                    $"{Server} wants a key: {reason} Name it in Server:KeyFile, or in the environment as QWEN35BATCH_Server__Key."),
                _ => new CommandException($"{Server} refuses: {reason}"),
            };
        }
    }

    private async Task<T> ReadAsync<T>(HttpResponseMessage answer, string path, CancellationToken cancellationToken)
    {
        if (!answer.IsSuccessStatusCode) throw new CommandException($"{Server} refuses: {await ReasonAsync(answer, cancellationToken)}");
        try
        {
            return await answer.Content.ReadFromJsonAsync<T>(InsightFile.Json, cancellationToken) ?? throw NoSuchAnswer(path);
        }
        catch (JsonException)
        {
            throw NoSuchAnswer(path);
        }
    }

    public CommandException NoSuchAnswer(string path) => new(
        $"{Server} does not answer GET {path.Split('?')[0]} as this version of the program expects: is it a worker of the same version?");

    /// <summary>The sentences of a ProblemDetails, or the body as it is.</summary>
    private static async Task<string> ReasonAsync(HttpResponseMessage answer, CancellationToken cancellationToken)
    {
        var body = await answer.Content.ReadAsStringAsync(cancellationToken);
        try
        {
            var problem = JsonSerializer.Deserialize<Refusal>(body, JsonSerializerOptions.Web);
            var sentences = problem?.Errors?.SelectMany(field => field.Value.Select(sentence => $"{field.Key}: {sentence}")).ToList() ?? [];
            return sentences.Count > 0
                ? string.Join(' ', sentences)
                : problem?.Detail ?? problem?.Title ?? $"HTTP {(int)answer.StatusCode}";
        }
        catch (JsonException)
        {
            return $"HTTP {(int)answer.StatusCode} {body}";
        }
    }

    private sealed record Refusal(string? Title, string? Detail, Dictionary<string, string[]>? Errors);
}

using System.Globalization;
using Microsoft.Extensions.AI;
using Qwen35Batch.Benchmarks.Plumbing;
using Qwen35Batch.Pipeline.Endpoints;
using Qwen35Batch.Schemas.Vocabularies;

namespace Qwen35Batch.Benchmarks.Http;

/// <summary>
/// Requests with a picture to an endpoint in this process that reads and answers them, against a bare client that posts the same bytes from
/// memory and reads the answer: wall and CPU time, the server's in both.
/// </summary>
internal static class HttpSection
{
    private const int Requests = 200;
    private const int AtOnce = 8;
    private const int Rounds = 5;
    private const int PictureBytes = 1_500_000;

    public static BenchmarkSection Create() => new(
        "http", "requests with a picture, against a bare client that posts the same bytes [--requests 200] [--at-once 8] [--rounds 5]",
        RunAsync);

    private static async Task RunAsync(IReadOnlyList<string> args, CancellationToken cancellationToken)
    {
        var (requests, atOnce, rounds) =
            (Number(args, "--requests", Requests), Number(args, "--at-once", AtOnce), Number(args, "--rounds", Rounds));
        await using var server = await PatientEndpoint.StartAsync();
        var endpoint = new EndpointOptions { BaseUrl = server.BaseUrl, Model = "plain" };
        var picture = new byte[PictureBytes];
        new Random(1).NextBytes(picture);
        var messages = new[] { new ChatMessage(ChatRole.User, [new DataContent(picture, "image/png"), new TextContent("Describe it.")]) };
        using var client = OpenAICompatibleClient.Create(endpoint, TimeProvider.System);
        using var bare = new HttpClient();
        using var copy = new MemoryStream();
        await new RequestWriter(endpoint, NoVocabularies.Instance).Write(messages, SentPictures.Of(messages, endpoint), null)
            .WriteAsync(copy, cancellationToken);
        var (body, address) = (copy.ToArray(), new Uri($"{server.BaseUrl}/chat/completions"));
        var sides = new (Func<CancellationToken, Task> Ask, List<ProcessTime> Seen)[]
        {
            (token => client.GetResponseAsync(messages, null, token), []),
            (PostAsync, []),
        };
        for (var round = 0; round <= rounds; round++)
        {
            for (var turn = 0; turn < sides.Length; turn++)
            {
                var (ask, seen) = sides[(round + turn) % sides.Length];
                var time = await ProcessTime.OfAsync(() => Parallel.ForEachAsync(
                    Enumerable.Range(0, requests),
                    new ParallelOptions { MaxDegreeOfParallelism = atOnce, CancellationToken = cancellationToken },
                    async (_, token) => await ask(token)));
                // The first round compiles.
                if (round > 0) seen.Add(time);
            }
        }

        Print("wall", time => time.Wall);
        Print("CPU", time => time.Own);

        async Task PostAsync(CancellationToken token)
        {
            using var content = new ByteArrayContent(body);
            using var response = await bare.PostAsync(address, content, token);
            await response.Content.ReadAsByteArrayAsync(token);
        }

        void Print(string what, Func<ProcessTime, TimeSpan> part) => new Comparison(
            string.Create(CultureInfo.InvariantCulture, $"{what} a request with a picture of {PictureBytes / 1e6:0.0} MB"),
            sides[0].Seen.Min(part).TotalMilliseconds / requests,
            sides[1].Seen.Min(part).TotalMilliseconds / requests,
            "ms").Print();
    }

    private static int Number(IReadOnlyList<string> args, string name, int otherwise) =>
        args.ToList().IndexOf(name) is >= 0 and var at ? int.Parse(args[at + 1], CultureInfo.InvariantCulture) : otherwise;
}

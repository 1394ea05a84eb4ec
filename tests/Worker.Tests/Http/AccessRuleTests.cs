using System.Net;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Qwen35Batch.Worker.Configuration;
using Qwen35Batch.Worker.Http.Access;

namespace Qwen35Batch.Worker.Tests.Http;

/// <summary>Who may do what.</summary>
public sealed class AccessRuleTests : IDisposable
{
    private static readonly IServiceProvider Services = new ServiceCollection().AddLogging().BuildServiceProvider();

    private readonly string _file = Path.GetTempFileName();

    public void Dispose() => File.Delete(_file);

    [Theory]
    [InlineData("127.0.0.1", null, "GET", "/jobs", 200)]
    [InlineData("::ffff:127.0.0.1", null, "DELETE", "/jobs/1", 200)]
    [InlineData("10.9.9.9", null, "GET", "/jobs", 401)]
    [InlineData("10.9.9.9", null, "GET", "/health/ready", 200)]
    [InlineData("10.9.9.9", null, "GET", "/healthy", 401)]
    [InlineData("10.9.9.9", null, "GET", "/metrics", 401)]
    [InlineData("10.9.9.9", "wrong", "GET", "/jobs", 401)]
    [InlineData("127.0.0.1", "wrong", "GET", "/jobs", 401)]
    [InlineData("10.9.9.9", "read", "GET", "/insights/1", 200)]
    [InlineData("10.9.9.9", "read", "HEAD", "/hangfire", 200)]
    [InlineData("10.9.9.9", "read", "POST", "/jobs", 403)]
    [InlineData("10.9.9.9", "read", "PUT", "/insights/1/reviews", 403)]
    [InlineData("10.9.9.9", "submit", "POST", "/jobs/batch", 200)]
    [InlineData("10.9.9.9", "submit", "PUT", "/insights/1/reviews", 200)]
    [InlineData("10.9.9.9", "submit", "POST", "/jobs/1/retry", 403)]
    [InlineData("10.9.9.9", "submit", "POST", "/hangfire/recurring/trigger", 403)]
    [InlineData("10.9.9.9", "operate", "DELETE", "/jobs/1", 200)]
    [InlineData("10.9.9.9", "operate", "POST", "/hangfire/recurring/trigger", 200)]
    public async Task From_elsewhere_it_takes_a_key_with_the_right_role(string from, string? key, string method, string path, int status) =>
        Assert.Equal(status, await AskAsync(Rule(), from, method, path, key is null ? [] : [("Authorization", $"Bearer {key}")]));

    [Fact]
    public async Task A_key_may_come_in_a_header_of_its_own_or_as_a_browsers_password()
    {
        var basic = Convert.ToBase64String(Encoding.UTF8.GetBytes("anybody:operate"));

        Assert.Equal(200, await AskAsync(Rule(), "10.9.9.9", "DELETE", "/jobs/1", [("X-Api-Key", "operate")]));
        Assert.Equal(200, await AskAsync(Rule(), "10.9.9.9", "DELETE", "/jobs/1", [("Authorization", $"Basic {basic}")]));
        Assert.Equal(401, await AskAsync(Rule(), "10.9.9.9", "DELETE", "/jobs/1", [("Authorization", "Basic ???")]));
    }

    [Theory]
    [InlineData("10.1.2.3", "ann", 200)]
    [InlineData("10.1.2.3", "", 401)]
    [InlineData("10.9.9.9", "ann", 401)]
    public async Task Only_a_configured_proxy_names_users(string from, string user, int status)
    {
        var rule = new AccessRule(AccessKeys.None, ["10.1.0.0/16"], AccessRole.Submitter, allowsRemote: false);

        Assert.Equal(status, await AskAsync(rule, from, "GET", "/jobs", [("X-Forwarded-User", user)]));
        if (status == 200) Assert.Equal(403, await AskAsync(rule, from, "DELETE", "/jobs/1", [("X-Forwarded-User", user)]));
    }

    [Theory]
    [InlineData("Forwarded")]
    [InlineData("X-Forwarded-For")]
    [InlineData("X-Forwarded-User")]
    [InlineData("X-Real-IP")]
    public async Task What_a_proxy_of_this_machine_passes_on_comes_from_elsewhere(string header)
    {
        Assert.Equal(401, await AskAsync(Rule(), "127.0.0.1", "GET", "/jobs", [(header, "10.9.9.9")]));
        Assert.Equal(200, await AskAsync(Rule(), "127.0.0.1", "GET", "/jobs", [(header, "10.9.9.9"), ("X-Api-Key", "read")]));
    }

    [Theory]
    [InlineData(false, 401)]
    [InlineData(true, 200)]
    public async Task Without_keys_other_machines_are_answered_only_where_that_is_allowed(bool allowsRemote, int status) =>
        Assert.Equal(
            status, await AskAsync(new(AccessKeys.None, [], AccessRole.Operator, allowsRemote), "10.9.9.9", "GET", "/jobs", []));

    [Fact]
    public async Task With_keys_nobody_else_is_let_in_by_the_setting_for_none() =>
        Assert.Equal(401, await AskAsync(Rule(allowsRemote: true), "10.9.9.9", "GET", "/jobs", []));

    [Fact]
    public async Task Who_asked_is_known_to_what_is_asked()
    {
        string? name = null;
        var context = Context("10.9.9.9", "GET", "/jobs", [("X-Api-Key", "read")]);

        await Rule().RequireAsync(context, asked =>
        {
            name = Caller.NameOf(asked);
            return Task.CompletedTask;
        });

        Assert.Equal("reader one", name);
    }

    [Theory]
    [InlineData("", "is not a JSON array")]
    [InlineData("[]", "names no key")]
    [InlineData("""[{"name":"a","sha256":"12","role":"reader"}]""", "has for 'a' no SHA-256")]
    [InlineData("""[{"name":"a","sha256":"12","role":"king"}]""", "is not a JSON array")]
    [InlineData("""[{"name":"a","key":"secret","role":"reader"}]""", "is not a JSON array")]
    public void A_file_that_is_not_as_it_should_be_says_what_is_wrong(string content, string problem)
    {
        File.WriteAllText(_file, content);

        Assert.Contains(problem, Assert.Throws<SettingsException>(() => AccessKeys.Read(_file)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_is_not_there_is_named() => Assert.Contains(
        "/nowhere/keys.json",
        Assert.Throws<SettingsException>(() => AccessKeys.Read("/nowhere/keys.json")).Message,
        StringComparison.Ordinal);

    private AccessRule Rule(bool allowsRemote = false)
    {
        File.WriteAllText(_file, $$"""
            [
              {"name": "reader one", "sha256": "{{Hash("read")}}", "role": "reader"},
              {"name": "submitter one", "sha256": "{{Hash("submit")}}", "role": "Submitter"},
              {"name": "operator one", "sha256": "{{Hash("operate").ToUpperInvariant()}}", "role": "operator"}
            ]
            """);
        return new(AccessKeys.Read(_file), [], AccessRole.Operator, allowsRemote);
    }

    private static async Task<int> AskAsync(
        AccessRule rule, string from, string method, string path, IReadOnlyList<(string Name, string Value)> headers)
    {
        var context = Context(from, method, path, headers);
        await rule.RequireAsync(context, _ => Task.CompletedTask);
        return context.Response.StatusCode;
    }

    private static DefaultHttpContext Context(
        string from, string method, string path, IReadOnlyList<(string Name, string Value)> headers)
    {
        var context = new DefaultHttpContext { RequestServices = Services };
        context.Request.Method = method;
        context.Request.Path = path;
        context.Connection.RemoteIpAddress = IPAddress.Parse(from);
        context.Connection.LocalIpAddress = IPAddress.Parse("10.0.0.1");
        foreach (var (name, value) in headers) context.Request.Headers[name] = value;
        return context;
    }

    private static string Hash(string key) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(key)));
}

using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Qwen35Batch.TestServers;

/// <summary>The configuration files of an own RabbitMQ server. Its virtual hosts come with it: creating one later takes seconds.</summary>
internal static class RabbitMqConfiguration
{
    public const int VirtualHosts = 32;
    public const string User = "guest";
    public const string Password = "guest";

    public static string VirtualHost(int number) => $"test-{number}";

    public static async Task WriteAsync(string folder, int port)
    {
        var definitions = Path.Combine(folder, "definitions.json");
        await File.WriteAllTextAsync(definitions, JsonSerializer.Serialize(Definitions()));
        await File.WriteAllTextAsync(Path.Combine(folder, "enabled_plugins"), "[].\n");
        await File.WriteAllTextAsync(Path.Combine(folder, "rabbitmq.conf"), $"""
            listeners.tcp.1 = 127.0.0.1:{port}
            load_definitions = {definitions}
            log.file = false
            log.console = true
            log.console.level = warning

            """);
    }

    private static object Definitions()
    {
        string[] names = ["/", .. Enumerable.Range(1, VirtualHosts).Select(VirtualHost)];
        return new
        {
            users = new[]
            {
                new
                {
                    name = User, password_hash = PasswordHash(), hashing_algorithm = "rabbit_password_hashing_sha256",
                    tags = "administrator",
                }
            },
            vhosts = names.Select(name => new { name }),
            permissions = names.Select(vhost => new { user = User, vhost, configure = ".*", write = ".*", read = ".*" }),
        };
    }

    // RabbitMQ's format: four bytes of salt, then SHA-256 of salt and password.
    private static string PasswordHash()
    {
        byte[] salt = [1, 2, 3, 4];
        return Convert.ToBase64String([.. salt, .. SHA256.HashData([.. salt, .. Encoding.UTF8.GetBytes(Password)])]);
    }
}

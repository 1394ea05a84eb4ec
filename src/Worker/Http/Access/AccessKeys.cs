using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Qwen35Batch.Worker.Configuration;

namespace Qwen35Batch.Worker.Http.Access;

/// <summary>The keys that are known: names, roles, and of the keys themselves the hashes alone.</summary>
internal sealed class AccessKeys
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        ReadCommentHandling = JsonCommentHandling.Skip,
        AllowTrailingCommas = true,
        Converters = { new JsonStringEnumConverter(null, allowIntegerValues: false) },
    };

    private readonly IReadOnlyList<(AccessKey Key, byte[] Hash)> _keys;

    private AccessKeys(IReadOnlyList<(AccessKey Key, byte[] Hash)> keys) => _keys = keys;

    /// <summary>No key at all.</summary>
    public static AccessKeys None { get; } = new([]);

    /// <summary>Whether there is one.</summary>
    public bool Any => _keys.Count > 0;

    /// <summary>Reads a file: an array of objects with <c>name</c>, <c>sha256</c> and <c>role</c>.</summary>
    /// <exception cref="SettingsException">It is not there or not as it should be; the message says what is wrong.</exception>
    public static AccessKeys Read(string file)
    {
        try
        {
            var keys = JsonSerializer.Deserialize<List<AccessKey>>(File.ReadAllBytes(file), Json) ?? [];
            if (keys.Count == 0) throw Bad(file, "names no key");
            if (keys.GroupBy(key => key.Name, StringComparer.Ordinal).FirstOrDefault(group => group.Count() > 1) is { } twice)
                throw Bad(file, $"names '{twice.Key}' twice");
            if (keys.Find(key => string.IsNullOrWhiteSpace(key.Name)) is not null) throw Bad(file, "has a key without a name");
            if (keys.Find(key => key.Sha256.Length != 64 || !key.Sha256.All(char.IsAsciiHexDigit)) is { } wrong)
            {
                throw Bad(
                    file, $"has for '{wrong.Name}' no SHA-256 of 64 hexadecimal digits: make one with 'printf %s KEY | sha256sum'");
            }

            return new([.. keys.Select(key => (key, Convert.FromHexString(key.Sha256)))]);
        }
        catch (JsonException broken)
        {
            throw Bad(
                file,
                $"is not a JSON array of objects with name, sha256 and role (reader, submitter or operator), at line "
                    + $"{broken.LineNumber + 1}");
        }
        catch (Exception missing) when (missing is IOException or UnauthorizedAccessException)
        {
            throw Bad(file, $"cannot be read: {missing.Message}");
        }
    }

    /// <summary>Whose key it is; null when it is nobody's.</summary>
    public AccessKey? Find(string key)
    {
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes(key));
        AccessKey? found = null;
        // All of them, whichever fits: the time says nothing.
        foreach (var (known, knownHash) in _keys)
            if (CryptographicOperations.FixedTimeEquals(hash, knownHash)) found = known;
        return found;
    }

    private static SettingsException Bad(string file, string what) => new([$"Http:KeysFile '{file}' {what}."]);
}

/// <summary>A key.</summary>
/// <param name="Name">Who holds it.</param>
/// <param name="Sha256">SHA-256 of the key's UTF-8 bytes, in hexadecimal.</param>
/// <param name="Role">What its holder may do.</param>
internal sealed record AccessKey(string Name, string Sha256, AccessRole Role);

using Qwen35Batch.Inference.Providers;
using Qwen35Batch.Inference.Verification;

namespace Qwen35Batch.Inference.Tests.Providers;

public sealed class LibraryFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("7F454C4602010100000000000000000003003E00", "Linux on x64")]
    [InlineData("7F454C460201010000000000000000000300B700", "Linux on arm64")]
    [InlineData("CFFAEDFE0C000001", "macOS on arm64")]
    [InlineData("CAFEBABE00000002" + "01000007000000030000400000010000000C0000" + "0100000C000000000001400000010000000E0000",
        "macOS on x64, macOS on arm64")]
    [InlineData("2321736820656368", null)]
    [InlineData("", null)]
    public void The_first_bytes_say_for_which_system_a_library_is(string hex, string? system) =>
        Assert.Equal(system, LibraryFile.SystemOf(Convert.FromHexString(hex)));

    [Theory]
    [InlineData("6486", "Windows on x64")]
    [InlineData("64AA", "Windows on arm64")]
    public void A_library_for_Windows_has_its_processor_behind_an_offset(string machine, string system)
    {
        var header = new byte[256];
        "MZ"u8.CopyTo(header);
        header[60] = 0x80;
        "PE\0\0"u8.CopyTo(header.AsSpan(0x80));
        Convert.FromHexString(machine).CopyTo(header, 0x84);

        Assert.Equal(system, LibraryFile.SystemOf(header));
    }

    [Fact]
    public void A_library_for_another_system_is_named_with_both()
    {
        var file = Write("CFFAEDFE07000001");

        Refused(file, "a library for macOS on x64, but this is ");
    }

    [Fact]
    public void A_file_that_is_no_library_is_named() => Refused(Write("23212F62696E2F736820"), "which is no library");

    [Fact]
    public void A_folder_is_no_library() => Refused(_folder.FolderPath, "a folder. Name the library in it");

    [Fact]
    public void A_file_that_is_missing_says_how_to_get_one() =>
        Refused(Path.Combine(_folder.FolderPath, "none.so"), "there is no such file. 'tools/setup.sh webgpu' fetches");

    [Theory]
    [InlineData("1.29.1", false)]
    [InlineData("1.30.0", true)]
    [InlineData("1.31.1", true)]
    [InlineData("2.0.0", true)]
    [InlineData("1.30.0-dev+abc", true)]
    [InlineData(null, false)]
    public void A_library_older_than_the_managed_package_is_too_old(string? version, bool isNewEnough) =>
        Assert.Equal(isNewEnough, RuntimeLibrary.IsNewEnough(version, new Version(1, 30)));

    private string Write(string hex)
    {
        var file = Path.Combine(_folder.FolderPath, "library");
        File.WriteAllBytes(file, Convert.FromHexString(hex));
        return file;
    }

    private static void Refused(string path, string sentence)
    {
        var error = Assert.Throws<ExecutionProviderException>(() => LibraryFile.Check(path));

        Assert.Contains(path, error.Message, StringComparison.Ordinal);
        Assert.Contains(sentence, error.Message, StringComparison.Ordinal);
    }
}

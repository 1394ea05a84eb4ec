namespace Qwen35Batch.EndToEnd.Tests.Architecture;

/// <summary>A file that uses a type of another folder of its project.</summary>
internal sealed record FolderUse(string File, string Type, string TypesFile)
{
    public string From => SourceFiles.FolderOf(File);

    public string To => SourceFiles.FolderOf(TypesFile);

    public override string ToString() => $"{From} -> {To}: {File} uses {Type} ({TypesFile})";
}

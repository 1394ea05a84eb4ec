using System.Globalization;
using System.Xml.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Qwen35Batch.EndToEnd.Tests.Architecture;

/// <summary>The projects of src, compiled in memory: who uses whose types.</summary>
internal sealed class SourceCompilation
{
    private const string Usings = """
        global using System;
        global using System.Collections.Generic;
        global using System.IO;
        global using System.Linq;
        global using System.Net.Http;
        global using System.Threading;
        global using System.Threading.Tasks;
        """;

    private const string WebUsings = """
        global using System.Net.Http.Json;
        global using Microsoft.AspNetCore.Builder;
        global using Microsoft.AspNetCore.Hosting;
        global using Microsoft.AspNetCore.Http;
        global using Microsoft.AspNetCore.Routing;
        global using Microsoft.Extensions.Configuration;
        global using Microsoft.Extensions.DependencyInjection;
        global using Microsoft.Extensions.Hosting;
        global using Microsoft.Extensions.Logging;
        """;

    /// <summary>What source generators write is not here, so its absence is no error.</summary>
    private static readonly string[] Generated = ["CS8795", "CS9248"];

    /// <summary>The one class that a generator completes as a whole, and what it derives from.</summary>
    private static readonly string[] GeneratedSerializers = ["'ReadingJson'", "'PdfAnnotationJson'", "'JsonSerializerContext."];

    private readonly List<CSharpCompilation> _projects = [];

    /// <param name="projects">Names of folders of src, each after those that it refers to.</param>
    public SourceCompilation(IEnumerable<string> projects)
    {
        var packages = ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
            .Where(path => !Path.GetFileName(path).StartsWith("qwen35batch", StringComparison.OrdinalIgnoreCase))
            .Select(path => (MetadataReference)MetadataReference.CreateFromFile(path))
            .ToList();
        foreach (var project in projects)
        {
            var trees = SourceFiles.Of($"src/{project}").Where(file => !SourceFiles.IsMigration(file)).Select(Parse).ToList();
            var isProgram = trees.Any(tree => ((CompilationUnitSyntax)tree.GetRoot()).Members.OfType<GlobalStatementSyntax>().Any());
            _projects.Add(CSharpCompilation.Create(
                project,
                trees.Append(CSharpSyntaxTree.ParseText($"{Usings}\n{(isProgram ? WebUsings : "")}\n{VisibleTo(project)}")),
                packages.Concat(_projects.Select(beneath => beneath.ToMetadataReference())),
                new CSharpCompilationOptions(
                    isProgram ? OutputKind.ConsoleApplication : OutputKind.DynamicallyLinkedLibrary, allowUnsafe: true)));
        }
    }

    /// <summary>Compiler errors, which would hide uses.</summary>
    public IReadOnlyList<string> Errors =>
    [
        .. _projects.SelectMany(project => project.GetDiagnostics())
            .Where(problem => problem.Severity == DiagnosticSeverity.Error && !Generated.Contains(problem.Id))
            .Where(problem => !GeneratedSerializers.Any(problem.GetMessage(CultureInfo.InvariantCulture).Contains))
            .Select(problem => problem.ToString()),
    ];

    /// <summary>Every use of a type of another folder of the same project, once for each file and type.</summary>
    public IReadOnlyList<FolderUse> Uses() =>
    [
        .. _projects.SelectMany(Uses)
            .OrderBy(use => use.ToString(), StringComparer.Ordinal),
    ];

    /// <summary>Which projects of src see another's internals stands in its project file.</summary>
    private static string VisibleTo(string project) => string.Join(
        '\n',
        XDocument.Load(Path.Combine(Repository.Folder, $"src/{project}/{project}.csproj")).Descendants("InternalsVisibleTo")
            .Select(friend => friend.Attribute("Include")!.Value.Split('.')[^1])
            .Select(friend => $"[assembly: System.Runtime.CompilerServices.InternalsVisibleTo(\"{friend}\")]"));

    private static SyntaxTree Parse(string file) =>
        CSharpSyntaxTree.ParseText(File.ReadAllText(Path.Combine(Repository.Folder, file)), path: file);

    private static IEnumerable<FolderUse> Uses(CSharpCompilation project)
    {
        var files = project.SyntaxTrees.Select(tree => tree.FilePath).Where(file => file.Length > 0).ToHashSet(StringComparer.Ordinal);
        return project.SyntaxTrees.Where(tree => tree.FilePath.Length > 0).SelectMany(tree =>
            from type in TypesIn(project.GetSemanticModel(tree), tree)
            from place in type.Locations
            where place.SourceTree?.FilePath is { } file
                && files.Contains(file)
                && SourceFiles.FolderOf(file) != SourceFiles.FolderOf(tree.FilePath)
            select new FolderUse(tree.FilePath, type.Name, place.SourceTree!.FilePath));
    }

    private static IEnumerable<ITypeSymbol> TypesIn(SemanticModel model, SyntaxTree tree) =>
        tree.GetRoot().DescendantNodes(node => node is not UsingDirectiveSyntax)
            .Where(node => node is SimpleNameSyntax or BaseObjectCreationExpressionSyntax)
            .Select(node => model.GetSymbolInfo(node))
            .SelectMany(symbol => TypesOf(symbol.Symbol ?? symbol.CandidateSymbols.FirstOrDefault()))
            .Select(type => type.OriginalDefinition)
            .Distinct<ITypeSymbol>(SymbolEqualityComparer.Default);

    private static IEnumerable<ITypeSymbol> TypesOf(ISymbol? symbol) => symbol switch
    {
        ITypeSymbol type => [type],
        IMethodSymbol { ReducedFrom.ContainingType: { } extension } => [extension],
        { ContainingType: { } owner } => [owner],
        _ => [],
    };
}

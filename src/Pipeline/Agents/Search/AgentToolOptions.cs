using System.ComponentModel.DataAnnotations;

namespace Qwen35Batch.Pipeline.Agents.Search;

/// <summary>Where an agent's tools find what they need: part of the section <c>Agent</c>.</summary>
public sealed class AgentToolOptions
{
    /// <summary>The section of the configuration.</summary>
    public const string Section = "Agent";

    /// <summary>The address of a SearXNG server, such as <c>http://searxng:8080</c>; without it there is no web_search.</summary>
    public Uri? SearchUrl { get; set; }

    /// <summary>The address of arXiv's API, or of a mirror of it.</summary>
    [Required]
    public Uri ArxivUrl { get; set; } = new("https://export.arxiv.org/api/query");

    /// <summary>How long a search may take.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:10:00", ParseLimitsInInvariantCulture = true, ConvertValueInInvariantCulture = true)]
    public TimeSpan SearchTimeout { get; set; } = TimeSpan.FromSeconds(30);
}

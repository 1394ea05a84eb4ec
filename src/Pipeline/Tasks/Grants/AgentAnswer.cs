using System.Text.Json;

namespace Qwen35Batch.Pipeline.Tasks.Grants;

/// <summary>The insight of an agent's job: a report whose paragraphs rest on notes, and each note on a page.</summary>
internal static class AgentAnswer
{
    public static JsonElement Schema { get; } = JsonDocument.Parse("""
        {
          "type": "object",
          "properties": {
            "title": { "type": "string" },
            "sections": {
              "type": "array",
              "items": {
                "type": "object",
                "properties": {
                  "heading": { "type": "string" },
                  "paragraphs": {
                    "type": "array",
                    "items": {
                      "type": "object",
                      "properties": {
                        "text": { "type": "string" },
                        "notes": { "type": "array", "items": { "type": "string" } }
                      },
                      "required": ["text", "notes"]
                    }
                  }
                },
                "required": ["heading", "paragraphs"]
              }
            },
            "notes": {
              "type": "array",
              "items": {
                "type": "object",
                "properties": {
                  "id": { "type": "string" },
                  "claim": { "type": "string" },
                  "quote": { "type": "string" },
                  "source": { "type": "integer" }
                },
                "required": ["id", "claim", "quote", "source"]
              }
            },
            "sources": {
              "type": "array",
              "items": {
                "type": "object",
                "properties": {
                  "number": { "type": "integer" },
                  "address": { "type": "string" },
                  "title": { "type": "string" },
                  "fetchedAt": { "type": "string" },
                  "sha256": { "type": "string" }
                },
                "required": ["number", "address", "title", "fetchedAt", "sha256"]
              }
            },
            "dropped": { "type": "integer" },
            "withheld": {
              "type": "array",
              "items": {
                "type": "object",
                "properties": {
                  "step": { "type": "integer" },
                  "sentences": { "type": "integer" },
                  "words": { "type": "integer" }
                },
                "required": ["step", "sentences", "words"]
              }
            },
            "artifacts": { "type": "array", "items": { "type": "string" } },
            "used": {
              "type": "object",
              "properties": {
                "steps": { "type": "integer" },
                "tokens": { "type": "integer" },
                "seconds": { "type": "integer" },
                "bytes": { "type": "integer" }
              },
              "required": ["steps", "tokens", "seconds", "bytes"]
            }
          },
          "required": ["title", "sections", "notes", "sources", "dropped", "artifacts", "used"]
        }
        """).RootElement.Clone();
}

namespace Qwen35Batch.Pipeline.Tasks;

/// <summary>A task's file to begin with: complete, valid, and commented.</summary>
public static class TaskTemplate
{
    /// <summary>Writes the file of a task.</summary>
    /// <param name="name">The task's name.</param>
    public static string Write(string name) => Text.Replace("NAME", name, StringComparison.Ordinal);

    /// <summary>Writes the file of an agent's task.</summary>
    /// <param name="name">The task's name.</param>
    public static string WriteAgent(string name) => Agent.Replace("NAME", name, StringComparison.Ordinal);

    private const string Agent = """
        {
          // 'qwen35batch tasks schema > task.schema.json' writes the schema that editors check this file by.
          // "$schema": "./task.schema.json",

          // What --task names: a-z, 0-9, - and _.
          "name": "NAME",
          "kind": "agent",
          "description": "Searches, reads and writes a cited report.",

          // The instructions, as one text or line by line. {language} is what --language says, or English.
          "prompt": [
            "You plan a small literature study on the question.",
            "Prefer primary sources. Say of what is disputed that it is.",
            "Write the report in this language: {language}."
          ],

          // What it may call. Tools that are not named cannot be called, whatever a page says.
          "tools": {
            // Needs Agent:SearchUrl; "required": false does without where it is not set.
            "web_search": { "maxCalls": 6, "required": false },
            "arxiv_search": { "maxCalls": 4, "maxResults": 20 },
            // Only addresses of the question or of results; "hosts": ["arxiv.org", "*.ac.jp"] narrows them.
            "read_page": { "maxCalls": 12, "urls": "seen" },
            // "approval": "required" waits for a person before each call. Of a tool with an effect outside, "inDoubt" says what becomes
            // of a call that may have happened when the worker was stopped: "skip", "ask" a person, or "repeat".
            "write_report": { "maxCalls": 1, "approval": "none" }
          },

          // Whose word alone is enough. Of other hosts, a name, a code or a quotation reaches the report when the question or a second
          // host has it: whoever writes a page can make it up.
          "trust": ["arxiv.org"],

          // What one job may spend; it ends with a report of what it has by then.
          "budget": { "steps": 40, "tokens": 200000, "minutes": 30, "bytes": 50000000 }
        }

        """;

    private const string Text = """
        {
          // 'qwen35batch tasks schema > task.schema.json' writes the schema that editors check this file by.
          // "$schema": "./task.schema.json",

          // What --task names: a-z, 0-9, - and _.
          "name": "NAME",
          "description": "What a delivery note says: who delivers what to whom.",

          // Which media it reads: image, video, audio, pdf, office, text.
          "kinds": ["image", "pdf", "office", "text"],

          // The instructions, as one text or line by line. {language} is what --language says, or the language of the media.
          "prompt": [
            "You read a delivery note. Copy what is written; do not translate, and do not invent.",
            "- number: the number of the note, or null.",
            "- date: the date of delivery as YYYY-MM-DD, or null.",
            "- recipient: who gets the goods, or null.",
            "- items: each line with its text and how many; leave none out.",
            "- summary: what is delivered, in one sentence, in this language: {language}."
          ],

          // The form of the answer: JSON Schema. Answers are written in the order of its properties, and cannot break it.
          // Short bounds (maxLength, maxItems) keep answers short, and so fast.
          "schema": {
            "type": "object",
            "properties": {
              "number": { "type": ["string", "null"], "maxLength": 40 },
              "date": { "type": ["string", "null"], "format": "date" },
              "recipient": { "type": ["string", "null"], "maxLength": 120 },
              "items": {
                "type": "array",
                "maxItems": 40,
                "items": {
                  "type": "object",
                  "properties": {
                    "text": { "type": "string", "minLength": 1, "maxLength": 120 },
                    "count": { "type": "integer", "minimum": 0, "maximum": 100000 }
                  },
                  "required": ["text", "count"],
                  "additionalProperties": false
                }
              },
              "summary": { "type": "string", "minLength": 1, "maxLength": 240 }
            },
            "required": ["number", "date", "recipient", "items", "summary"],
            "additionalProperties": false
          },

          // Values that the model words itself: they are not looked for in the media.
          "inferred": ["/summary"],

          // What is asked over the answers of all pages, once more with prompt and schema; without it, each page stands for itself.
          // "synthesis": { "prompt": "…", "schema": { … } },

          // temperature 0 takes the likeliest token always.
          "sampling": { "temperature": 0, "maxOutputTokens": 1000 },

          // 1,024 pixels are a token.
          "media": { "maxPicturePixels": 1048576 }
        }

        """;
}

namespace Qwen35Batch.Pipeline.Tasks;

/// <summary>A task's file to begin with: complete, valid, and commented.</summary>
public static class TaskTemplate
{
    /// <summary>Writes the file of a task.</summary>
    /// <param name="name">The task's name.</param>
    public static string Write(string name) => Text.Replace("NAME", name, StringComparison.Ordinal);

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

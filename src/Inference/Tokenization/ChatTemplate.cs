namespace Qwen35Batch.Inference.Tokenization;

/// <summary>Qwen3.5's chat template: ChatML with reasoning, tools in XML, pictures and clips.</summary>
internal static class ChatTemplate
{
    private const string ToolsStart = "# Tools\n\nYou have access to the following functions:\n\n<tools>";

    private const string NestedCalls = "- Function calls MUST follow the specified format: an inner <function=...></function> block "
        + "must be nested within <tool_call></tool_call> XML tags";

    private const string NoCalls = "- If there is no function call available, answer the question like normal with your current knowledge "
        + "and do not tell the user about function calls";

    private const string ToolsEnd = $"""

        </tools>

        If you choose to call a function ONLY reply in the following format with NO suffix:

        <tool_call>
        <function=example_function_name>
        <parameter=example_parameter_1>
        value_1
        </parameter>
        <parameter=example_parameter_2>
        This is the value for the second parameter
        that can span
        multiple lines
        </parameter>
        </function>
        </tool_call>

        <IMPORTANT>
        Reminder:
        {NestedCalls}
        - Required parameters MUST be specified
        - You may provide optional reasoning for your function call in natural language BEFORE the function call, but NOT after
        {NoCalls}
        </IMPORTANT>
        """;

    /// <summary>Renders a conversation.</summary>
    /// <exception cref="InvalidPromptException">The conversation is not one that the model knows.</exception>
    public static RenderedPrompt Render(IReadOnlyList<TemplateMessage> messages, TemplateSwitches switches)
    {
        if (messages.Count == 0)
            throw new InvalidPromptException("There are no messages: send at least one user message.");
        var writer = new TemplateWriter(switches.AddVisionId);
        WriteSystem(messages[0], switches, writer);
        var systemPieces = writer.Pieces.Count;
        var lastQuery = LastQuery(messages);
        for (var i = 0; i < messages.Count; i++)
            WriteMessage(messages, i, lastQuery, writer);

        if (switches.AddGenerationPrompt)
            writer.Template("<|im_start|>assistant\n" + (switches.EnableThinking ? "<think>\n" : "<think>\n\n</think>\n\n"));
        return new(writer.Pieces, systemPieces);
    }

    private static void WriteSystem(TemplateMessage first, TemplateSwitches switches, TemplateWriter writer)
    {
        var system = first.Role == "system" ? first.Content : null;
        if (system?.Any(p => p.IsMedia) == true)
            throw new InvalidPromptException("The system message contains a picture: put pictures into user messages.");
        var content = TemplateWriter.Strip(system ?? []);
        if (switches.Tools.Count > 0)
        {
            writer.Template("<|im_start|>system\n" + ToolsStart);
            foreach (var tool in switches.Tools)
            {
                writer.Template("\n");
                writer.Content(PythonText.Json(tool));
            }

            writer.Template(ToolsEnd);
            if (content.Count > 0)
                writer.Template("\n\n");
        }
        else if (system is not null)
        {
            writer.Template("<|im_start|>system\n");
        }
        else
        {
            return;
        }

        writer.Content(content);
        writer.Template("<|im_end|>\n");
    }

    // The last user turn that is a question, and not the answers of tools written as a user turn: reasoning before it is dropped.
    private static int LastQuery(IReadOnlyList<TemplateMessage> messages)
    {
        for (var i = messages.Count - 1; i >= 0; i--)
        {
            if (messages[i].Role != "user")
                continue;
            var content = string.Concat(TemplateWriter.Strip(messages[i].Content).Select(p => p.Text));
            if (!content.StartsWith("<tool_response>", StringComparison.Ordinal)
                || !content.EndsWith("</tool_response>", StringComparison.Ordinal))
            {
                return i;
            }
        }

        throw new InvalidPromptException("The messages contain no user query: send at least one user message.");
    }

    private static void WriteMessage(IReadOnlyList<TemplateMessage> messages, int index, int lastQuery, TemplateWriter writer)
    {
        var message = messages[index];
        var number = message.Number ?? index;
        switch (message.Role)
        {
            case "system" when index == 0:
                break;
            case "system":
                throw new InvalidPromptException($"Message {number} is a system message: it must be the first one.");
            case "user":
                writer.Template("<|im_start|>user\n");
                writer.Content(TemplateWriter.Strip(message.Content));
                writer.Template("<|im_end|>\n");
                break;
            case "assistant":
                WriteAssistant(message, number, withReasoning: index > lastQuery, writer);
                break;
            case "tool":
                if (index > 0 && messages[index - 1].Role != "tool")
                    writer.Template("<|im_start|>user");
                writer.Template("\n<tool_response>\n");
                writer.Content(TemplateWriter.Strip(message.Content));
                writer.Template("\n</tool_response>");
                if (index == messages.Count - 1 || messages[index + 1].Role != "tool")
                    writer.Template("<|im_end|>\n");
                break;
            default:
                throw new InvalidPromptException($"Message {number} has the role \"{message.Role}\": use system, user, assistant or tool.");
        }
    }

    private static void WriteAssistant(TemplateMessage message, int number, bool withReasoning, TemplateWriter writer)
    {
        if (message.Content.Any(p => p.IsMedia))
        {
            throw new InvalidPromptException(
                $"Message {number} is the assistant's and contains a picture: put pictures into user messages.");
        }

        var content = PythonText.Strip(string.Concat(message.Content.Select(p => p.Text)));
        var reasoning = message.Reasoning;
        if (reasoning is null && content.Split("</think>") is { Length: > 1 } parts)
        {
            reasoning = parts[0].TrimEnd('\n').Split("<think>")[^1].TrimStart('\n');
            content = parts[^1].TrimStart('\n');
        }

        writer.Template("<|im_start|>assistant\n");
        if (withReasoning)
        {
            writer.Template("<think>\n");
            writer.Content(PythonText.Strip(reasoning ?? ""));
            writer.Template("\n</think>\n\n");
        }

        writer.Content(content);
        for (var i = 0; i < message.ToolCalls.Count; i++)
        {
            var separator = i > 0 ? "\n" : PythonText.Strip(content).Length > 0 ? "\n\n" : "";
            WriteToolCall(message.ToolCalls[i], separator, writer);
        }

        writer.Template("<|im_end|>\n");
    }

    private static void WriteToolCall(TemplateToolCall call, string separator, TemplateWriter writer)
    {
        writer.Template(separator + "<tool_call>\n<function=");
        writer.Content(call.Name);
        writer.Template(">\n");
        foreach (var (name, value) in call.Arguments)
        {
            writer.Template("<parameter=");
            writer.Content(name);
            writer.Template(">\n");
            writer.Content(PythonText.Argument(value));
            writer.Template("\n</parameter>\n");
        }

        writer.Template("</function>\n</tool_call>");
    }
}

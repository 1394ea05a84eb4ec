using System.Text.Json;

namespace Qwen35Batch.Inference.Tests.Grammar;

/// <summary>Schemas that tasks could have.</summary>
internal static class SchemaCases
{
    public static IReadOnlyDictionary<string, string> All { get; } = new Dictionary<string, string>
    {
        ["flat"] = """{"type":"object","properties":{"title":{"type":"string"},"pages":{"type":"integer","minimum":1},"isDraft":"""
            + """{"type":"boolean"}},"required":["title","pages","isDraft"],"additionalProperties":false}""",
        ["optional"] = """{"type":"object","properties":{"a":{"type":"string"},"b":{"type":"integer"},"c":{"type":"boolean"},"d":"""
            + """{"type":"null"},"e":{"type":"number"}},"required":["c"],"additionalProperties":false}""",
        ["all optional"] =
            """{"type":"object","properties":{"from":{"type":"string","maxLength":3},"to":{"type":"string","maxLength":3}}}""",
        ["nested"] = """{"type":"object","properties":{"a":{"type":"object","properties":{"b":{"type":"object","properties":{"c":"""
            + """{"type":"array","items":{"type":"object","properties":{"d":{"type":"string"}},"required":["d"]}}},"required":"""
            + """["c"]}},"required":["b"]}},"required":["a"]}""",
        ["enum"] = """{"type":"object","properties":{"kind":{"type":"string","enum":["invoice","invoices","in","receipt","見積書","say """
            + """\"hi\"\n","back\\slash"]},"level":{"enum":[1,12,123,-5,0.5,null,true,"1"]},"const":{"const":"fixed"}},"required":"""
            + """["kind","level","const"]}""",
        ["japanese"] = """{"type":"object","properties":{"要約":{"type":"string","minLength":1},"登場人物":{"type":"array","items":"""
            + """{"type":"string","maxLength":6},"maxItems":3},"言語":{"enum":["日本語","英語","日本"]},"絵文字🎈":{"type":"boolean"}},"required":"""
            + """["要約","登場人物","言語","絵文字🎈"],"additionalProperties":false}""",
        ["integer bounds"] = """{"type":"object","properties":{"percent":{"type":"integer","minimum":0,"maximum":100},"negative":"""
            + """{"type":"integer","maximum":-7},"narrow":{"type":"integer","minimum":995,"maximum":1003},"across":"""
            + """{"type":"integer","exclusiveMinimum":-3,"exclusiveMaximum":3},"year":{"type":"integer","minimum":1900,"maximum":"""
            + """2100},"one":{"type":"integer","minimum":42,"maximum":42}},"required":"""
            + """["percent","negative","narrow","across","year","one"]}""",
        ["number bounds"] = """{"type":"object","properties":{"score":{"type":"number","minimum":0,"maximum":1},"open":"""
            + """{"type":"number","exclusiveMinimum":0,"exclusiveMaximum":1},"temperature":{"type":"number","minimum":-40.5,"maximum":"""
            + """60.25},"tiny":{"type":"number","minimum":0.001,"maximum":0.002},"negative":{"type":"number","exclusiveMaximum":"""
            + """0},"any":{"type":"number"}},"required":["score","open","temperature","tiny","negative","any"]}""",
        ["box"] = """{"type":"array","items":{"type":"object","properties":{"label":{"type":"string","maxLength":20},"box":"""
            + """{"type":"array","items":{"type":"number","minimum":0,"maximum":1},"minItems":4,"maxItems":4}},"required":"""
            + """["label","box"],"additionalProperties":false},"minItems":1,"maxItems":5}""",
        ["lengths"] = """{"type":"object","properties":{"exact":{"type":"string","minLength":5,"maxLength":5},"short":"""
            + """{"type":"string","maxLength":1},"empty":{"type":"string","maxLength":0},"long":{"type":"string","minLength":"""
            + """40},"between":{"type":"string","minLength":3,"maxLength":9}},"required":["exact","short","empty","long","between"]}""",
        ["items"] = """{"type":"object","properties":{"none":{"type":"array","items":{"type":"string"},"maxItems":0},"two":"""
            + """{"type":"array","items":{"type":"boolean"},"minItems":2,"maxItems":2},"many":{"type":"array","items":"""
            + """{"type":"integer"},"minItems":3},"grid":{"type":"array","items":{"type":"array","items":{"enum":["x","o","""
            + """null]},"minItems":3,"maxItems":3},"minItems":3,"maxItems":3}},"required":["none","two","many","grid"]}""",
        ["reference"] = """{"$schema":"https://json-schema.org/draft/2020-12/schema","type":"object","properties":{"seller":"""
            + """{"$ref":"#/definitions/party"},"buyer":{"$ref":"#/definitions/party"}},"required":["seller","buyer"],"definitions":"""
            + """{"party":{"type":"object","properties":{"name":{"type":"string","maxLength":30},"address":"""
            + """{"$ref":"#/definitions/address"}},"required":["name"]},"address":{"type":"object","properties":{"city":"""
            + """{"type":"string"},"zip":{"type":["string","null"]}},"required":["city","zip"]}}}""",
        ["tree"] = """{"type":"object","properties":{"name":{"type":"string","maxLength":5},"children":{"type":"array","items":"""
            + """{"$ref":"#"}}},"required":["name","children"],"additionalProperties":false}""",
        ["list"] = """{"type":"object","properties":{"head":{"$ref":"#/$defs/cell"}},"required":["head"],"$defs":{"cell":"""
            + """{"type":"object","properties":{"value":{"type":"integer"},"next":{"anyOf":[{"$ref":"#/$defs/cell"},"""
            + """{"type":"null"}]}},"required":["value","next"]}}}""",
        ["any of"] = """{"type":"object","properties":{"amount":{"anyOf":[{"type":"number"},{"type":"string","enum":["unknown","none"]},"""
            + """{"type":"null"}]},"shape":{"anyOf":[{"type":"object","properties":{"kind":{"const":"circle"},"radius":"""
            + """{"type":"number","minimum":0}},"required":["kind","radius"]},{"type":"object","properties":{"kind":"""
            + """{"const":"rectangle"},"width":{"type":"integer"},"height":{"type":"integer"}},"required":"""
            + """["kind","width","height"]}]}},"required":["amount","shape"]}""",
        ["overlapping"] = """{"type":"array","items":{"anyOf":[{"type":"integer","minimum":0,"maximum":9},{"type":"number","minimum":"""
            + """5,"maximum":50},{"type":"string","maxLength":2},{"type":"string","enum":["abc","abcdef"]}]},"minItems":2,"maxItems":6}""",
        ["expression"] = """{"type":"array","items":{"$ref":"#/definitions/expression"},"minItems":1,"maxItems":2,"definitions":"""
            + """{"expression":{"anyOf":[{"type":"integer"},{"type":"object","properties":{"not":"""
            + """{"$ref":"#/definitions/expression"}},"required":["not"],"additionalProperties":false},{"type":"object","properties":"""
            + """{"op":{"enum":["+","-"]},"args":{"type":"array","items":{"$ref":"#/definitions/expression"},"minItems":1,"maxItems":"""
            + """3}},"required":["op","args"],"additionalProperties":false}]}}}""",
        ["types"] = """{"type":"object","properties":{"x":{"type":["string","null"],"maxLength":4},"y":{"type":"""
            + """["integer","boolean"],"minimum":-1},"z":{"type":["array","null"],"items":{"type":["number","null"]},"maxItems":"""
            + """3}},"required":["x","y","z"]}""",
        ["video"] = """{"title":"Video","description":"Chapters of a clip","type":"object","properties":{"summary":"""
            + """{"type":"string","maxLength":200,"description":"Two sentences"},"chapters":{"type":"array","minItems":1,"maxItems":"""
            + """12,"items":{"type":"object","properties":{"start":{"type":"number","minimum":0,"maximum":36000},"end":"""
            + """{"type":"number","minimum":0,"maximum":36000},"title":{"type":"string","minLength":1,"maxLength":60},"people":"""
            + """{"type":"array","items":{"type":"string","maxLength":30},"maxItems":10}},"required":"""
            + """["start","end","title"],"additionalProperties":false}},"visibleText":{"type":"array","items":"""
            + """{"type":"string"},"default":[]}},"required":["summary","chapters"],"additionalProperties":false}""",
        ["pattern"] = """{"type":"object","properties":{"number":{"type":"string","pattern":"^(INV|CR)-\\d{4,6}$"},"contains":"""
            + """{"type":"string","pattern":"[aeiou]{2}","maxLength":12},"starts":{"type":"string","pattern":"^[A-Z]","minLength":"""
            + """2,"maxLength":4},"ends":{"type":"string","pattern":"\\.(jpe?g|png)$"},"quoted":"""
            + """{"type":"string","pattern":"^\"\\\\\\w*\n?\"$"},"label":{"type":"string","pattern":"^[\\u3041-\\u9fa0é]{1,"""
            + """3}：\\S+$"},"code":{"type":["string","null"],"pattern":"^[^\\d\\s]{2}$"}},"required":"""
            + """["number","contains","starts","ends","quoted","label","code"]}""",
        ["format"] = """{"type":"object","properties":{"due":{"type":"string","format":"date"},"sent":"""
            + """{"type":"string","format":"date-time"},"from":{"type":"string","format":"email"},"to":{"type":"""
            + """["string","null"],"format":"email","maxLength":20},"id":{"type":"string","format":"uuid"}},"required":"""
            + """["due","sent","from","to","id"]}""",
        ["one of"] = """{"type":"object","properties":{"value":{"oneOf":[{"type":"integer"},{"type":"null"},"""
            + """{"type":"string","maxLength":4},{"type":"string","format":"date"}]},"shape":{"oneOf":[{"type":"object","properties":"""
            + """{"kind":{"const":"circle"},"radius":{"type":"number","minimum":0}},"required":["kind","radius"],"additionalProperties":"""
            + """false},{"type":"object","properties":{"kind":{"const":"square"},"side":{"type":"number","minimum":0}},"required":"""
            + """["kind","side"],"additionalProperties":false}]}},"required":["value","shape"]}""",
        ["multiples"] = """{"type":"object","properties":{"minutes":{"type":"integer","multipleOf":15,"minimum":0,"maximum":1440},"any":"""
            + """{"type":"integer","multipleOf":7},"negative":{"type":"integer","multipleOf":100,"maximum":-1},"one":{"type":"""
            + """["integer","null"],"multipleOf":997,"minimum":1,"maximum":1000}},"required":["minutes","any","negative","one"]}""",
        ["escapes"] = """{"type":"object","properties":{"a\"b\\c":{"type":"string"},"tab\t/é":{"type":"string","maxLength":8},"":"""
            + """{"type":"boolean"}},"required":["a\"b\\c","tab\t/é",""]}""",
    };

    public static JsonElement Parse(string schema)
    {
        using var document = JsonDocument.Parse(schema);
        return document.RootElement.Clone();
    }
}

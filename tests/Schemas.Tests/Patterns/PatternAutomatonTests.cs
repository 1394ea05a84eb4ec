using System.Text.RegularExpressions;
using Qwen35Batch.Schemas.Patterns;

namespace Qwen35Batch.Schemas.Tests.Patterns;

public class PatternAutomatonTests
{
    [Theory]
    [InlineData("", "ab")]
    [InlineData("a", "abA")]
    [InlineData("^a", "ab\n")]
    [InlineData("a$", "ab\n")]
    [InlineData("^a$", "ab\n")]
    [InlineData("^$", "ab")]
    [InlineData("^|b$", "ab")]
    [InlineData("a|^b|c$", "abc")]
    [InlineData("(^a|b)(c|$)", "abc")]
    [InlineData("^a*b+c?$", "abc")]
    [InlineData("^(ab|a)(c|bcd)$", "abcd")]
    [InlineData("^(?:a{2}|b{1,2}|c{2,})$", "abc")]
    [InlineData("^a{0}b{0,1}$", "ab")]
    [InlineData("(ab){2}", "abc")]
    [InlineData("^(a|b)*abb", "ab")]
    [InlineData("^a+?b*?c??$", "abc")]
    [InlineData("^(a*)*$", "ab")]
    [InlineData("^[a-c][^a-c]$", "acd^-]")]
    [InlineData("^[-a]+$", "a-b")]
    [InlineData("^[a\\-z]+$", "amz-")]
    [InlineData("^[\\]\\^]+$", "]^\\a")]
    [InlineData("^\\d\\D\\w\\W$", "1a_ -é")]
    [InlineData("^[\\d_]+\\s[^\\s]$", "1_a \t")]
    [InlineData("^.\\.$", ".a\n")]
    [InlineData("^\\^\\$\\|\\(\\)\\*\\?\\+\\{\\}\\/$", "^$|()*?+{}/")]
    [InlineData("^\\x41\\u00e9\\t\\n$", "Aé\t\n")]
    [InlineData("日本?|語{2}", "日本語")]
    [InlineData("^(a(b(c|d)*)?){1,3}$", "abcd")]
    public void A_text_fits_when_another_engine_says_so(string pattern, string alphabet)
    {
        var automaton = PatternAutomaton.Compile(pattern, "#");
        var reference = new Regex(
            pattern.Replace("$", "\\z", StringComparison.Ordinal).Replace("\\\\z", "\\$", StringComparison.Ordinal),
            RegexOptions.ECMAScript);
        var random = new Random(5);
        var fitting = 0;
        for (var i = 0; i < 4000; i++)
        {
            var text = string.Concat(Enumerable.Range(0, random.Next(10)).Select(_ => alphabet[random.Next(alphabet.Length)]));
            fitting += reference.IsMatch(text) ? 1 : 0;
            Assert.True(reference.IsMatch(text) == automaton.Fits(text), $"{pattern} on '{text}'");
        }

        // Where a text hardly ever fits by chance, the pattern without its escapes does.
        Assert.True(
            fitting > 0 || automaton.Fits(Regex.Unescape(pattern.Trim('^', '$').Replace("\\/", "/", StringComparison.Ordinal))), pattern);
    }

    [Theory]
    [InlineData("^.$", "😀", true)]
    [InlineData("^[😀-😎]{2}$", "😃😎", true)]
    [InlineData("^[😀-😎]$", "🙂", false)]
    [InlineData("^\\ud83d\\ude00$", "😀", true)]
    [InlineData("^\\u{1F600}+$", "😀😀", true)]
    [InlineData("^[^a]$", "😀", true)]
    [InlineData("^😀?$", "", true)]
    [InlineData("^\\s$", "\u3000", true)]
    [InlineData("^\\s$", "\ufeff", true)]
    [InlineData("^\\d$", "٣", false)]
    [InlineData("^\\w$", "é", false)]
    [InlineData("^.$", "\u2028", false)]
    public void Characters_are_those_of_Unicode_and_classes_those_of_ECMA_262(string pattern, string text, bool fits) =>
        Assert.Equal(fits, PatternAutomaton.Compile(pattern, "#").Fits(text));

    [Fact]
    public void Lengths_are_counted_in_code_points()
    {
        var automaton = PatternAutomaton.Compile("^a|😀$", "#").WithLength(2, 3, "#")!;

        Assert.True(automaton.Fits("ab"));
        Assert.True(automaton.Fits("😀😀😀"));
        Assert.False(automaton.Fits("a"));
        Assert.False(automaton.Fits("abcd"));
        Assert.Null(PatternAutomaton.Compile("^a{4}$", "#").WithLength(0, 3, "#"));
        Assert.True(PatternAutomaton.Compile("^a*$", "#").WithLength(3, null, "#")!.Fits("aaaaaaaa"));
    }

    [Theory]
    [InlineData(
        "date",
        "2024-02-29 2000-02-29 2026-12-31 0001-01-01 9999-12-31 0004-02-29 0400-02-29",
        "2023-02-29 1900-02-29 2100-02-29 2026-04-31 2026-13-01 2026-00-10 2026-01-00 2026-01-32 0000-01-01 0000-02-29 26-01-01 2026-1-1 "
            + "2026/01/01 12026-01-01")]
    [InlineData(
        "date-time",
        "2026-02-28T23:59:59Z 2026-02-28T00:00:00.5+09:00 2024-02-29T12:00:00.123456-03:30 2026-01-01T00:00:00+14:00 2016-12-31T23:59:60Z "
            + "2017-01-01T08:59:60+09:00 2016-12-31T15:59:60-08:00 2017-01-01T05:29:60+05:30",
        "2026-02-28 2026-02-28T24:00:00Z 2026-02-28T23:60:00Z 2026-02-28T22:59:60Z 2026-02-28T12:00Z 2026-02-28T12:00:00 "
            + "2026-02-29T12:00:00Z 2026-02-28T12:00:00.Z 2026-02-28T12:00:00+0900 2026-01-01T00:00:00+14:30 2026-01-01t00:00:00z")]
    [InlineData(
        "email",
        "a@b.co first.last+tag@mail.example.org o'neil@x-y.z9.com",
        "a a@b @b.co a@ a..b@c.de .a@c.de a.@c.de a@-b.co a@b-.co a@b.c a@b.c0 a@b..co a@@b.co")]
    [InlineData(
        "uuid",
        "123e4567-e89b-12d3-a456-426614174000 123E4567-E89B-12D3-A456-42661417400F",
        "123e4567e89b12d3a456426614174000 123e4567-e89b-12d3-a456-42661417400 123e4567-e89b-12d3-a456-42661417400g "
            + "{123e4567-e89b-12d3-a456-426614174000}")]
    [InlineData("time", "23:59:59Z 00:00:00.5+09:00 23:59:60Z 08:59:60+09:00", "24:00:00Z 23:59:60+01:00 12:00 12:00:00 12:00:61Z")]
    [InlineData("duration", "P1Y P1Y2M3DT4H5M6S PT1M P3W P0D", "P PT P1 1Y P1YT P1D2H P1W2D PT1D P1S")]
    [InlineData("hostname", "localhost example.org a-b.c 1.2 xn", "-a.b a-.b a..b .a a. a_b ab--c")]
    [InlineData("ipv4", "0.0.0.0 192.168.1.255", "256.1.1.1 1.1.1 01.1.1.1 1.1.1.1.1")]
    [InlineData(
        "ipv6",
        ":: ::1 1:2:3:4:5:6:7:8 2001:db8::1 ::ffff:192.0.2.1 1::8 1:2:3:4:5:6:1.2.3.4",
        "1 ::: 1:2:3:4:5:6:7 1:2:3:4:5:6:7:8:9 1::2::3 12345:: ::1.2.3 1:2:3:4:5:6:7:1.2.3.4")]
    [InlineData(
        "uri",
        "http://a.b/c?d#e urn:isbn:1 mailto:a@b.c ftp://u:p@h:21/ file:///a http://[::1]/ a:",
        "/a //a.b a b :a http://a|b http://a.b/%zz 1a:b http://[:")]
    [InlineData("uri-reference", "http://a.b/c /a a/b ?q #f //h/p ../x", "a|b %zz 1:b http://[ \\")]
    [InlineData(
        "uri-template",
        "http://a.b/{c}/d{?e,f*} {+a:3} {#a.b} {/a,b} {=a} /a/%20 /ä a",
        "{a {} {a,} {a:0} {a:10000} {?} {a b} a} a|b %zz {{a}} {a.} ^ <a>")]
    [InlineData("json-pointer", "/a/b /~0~1 /", "a /~2 /~")]
    public void Formats_take_what_they_should_and_no_near_miss(string format, string fitting, string wrong)
    {
        var automaton = TextFormats.Find(format)!;

        Assert.All(fitting.Split(' '), text => Assert.True(automaton.Fits(text), text));
        Assert.All(wrong.Split(' '), text => Assert.False(automaton.Fits(text), text));
    }

    [Fact]
    public void Every_day_of_the_calendar_is_a_date_and_no_other()
    {
        var automaton = TextFormats.Find("date")!;
        foreach (var year in (int[])[1, 4, 100, 400, 1582, 1900, 1999, 2000, 2023, 2024, 2100, 2400, 9999])
        {
            for (var month = 0; month <= 13; month++)
            {
                for (var day = 0; day <= 32; day++)
                {
                    var isDate = month is >= 1 and <= 12 && day >= 1 && day <= DateTime.DaysInMonth(year, month);
                    Assert.True(isDate == automaton.Fits($"{year:0000}-{month:00}-{day:00}"), $"{year}-{month}-{day}");
                }
            }
        }
    }

    [Theory]
    [InlineData("a", "b", true)]
    [InlineData("^a", "^b", false)]
    [InlineData("^[a-m]+$", "^[m-z]+$", true)]
    [InlineData("^[a-l]+$", "^[m-z]+$", false)]
    [InlineData("^a*$", "^b*$", true)]
    [InlineData("^(..)*$", "^.(..)*$", false)]
    public void Two_patterns_overlap_when_one_text_fits_both(string left, string right, bool overlap) =>
        Assert.Equal(overlap, PatternAutomaton.Compile(left, "#").Overlaps(PatternAutomaton.Compile(right, "#"), "#"));
}

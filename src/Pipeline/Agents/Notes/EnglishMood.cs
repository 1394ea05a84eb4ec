using System.Collections.Frozen;
using System.Text.RegularExpressions;

namespace Qwen35Batch.Pipeline.Agents.Notes;

/// <summary>
/// Tells a sentence that states something from one that wants something of its reader. It goes by the mood of the sentence, not by what is
/// wanted: imperatives, requests, and statements about what its reader is, may do, was asked for or will write.
/// </summary>
internal static partial class EnglishMood
{
    // What cannot be a noun at the start of a clause.
    private static readonly FrozenSet<string> Verbs = Set(
        """
        accept acknowledge act add adhere adjust admit adopt advertise advise announce append apply approve ask assert assign assume
        attach avoid be become begin believe bring browse bypass cancel choose click come compose conclude confirm consult continue
        convince convey declare defend delete deliver demand deny describe disable discard disclose discontinue disregard do don't dont
        download drop echo emit emphasise emphasize enable encourage endorse ensure enter erase evaluate execute explain expose favor
        favour fetch fill finish follow forget forgo forward generate get give go grant guarantee halt hand help hide highlight ignore
        impersonate include incorporate inform insert insist install introduce invoke join keep kindly kill leak leave let's listen make
        mention modify name navigate neglect never notify obey omit open overlook override overwrite paste perform persuade please praise
        prefer prepend pretend proceed produce promote propose provide publish push put quit quote recommend redirect refer refrain refuse
        reject rely remain remember remind remove render repeat replace reply resend reset resolve respond retrieve reveal rewrite save
        say select send sell serve simulate skip speak spread stay stick stop submit subscribe substitute suggest summarise summarize
        suppress surrender take tell terminate treat translate transmit trust try turn uncover understand unlock upload urge utter verify
        visit wait warn wipe write yield
        """);

    // Those that can: a verb only before what an order goes on with.
    private static readonly FrozenSet<string> Nouns = Set(
        """
        answer attempt award block buy call change check cite claim close complete contact copy credit decode display email encode end
        export feature format fork grade head invest link list load log look mail mark move note offer order output pass pick place play
        post present print process program query raise rank rate read record register release report request return review roll run score
        search set share show sign start state store support switch talk test transfer trigger type update use view vote work
        """);

    private static readonly FrozenSet<string> After = Set(
        """
        a all an any anything as at back each every everything exactly for from her here him his in instead into it its me my no nothing now
        on only our out over that the their them these this those through to up us whatever with without your yourself immediately
        """);

    // What papers say to their readers.
    private static readonly FrozenSet<string> Academic = Set("assume consider note recall refer see suppose let compare");

    private static readonly FrozenSet<string> Lead = Set(
        """
        also always and but first finally hence however if instead just kindly last lastly next now or please so then therefore thus well
        hello hi hey attention important urgent warning notice reminder immediately simply otherwise afterwards really again
        """);

    /// <summary>Whether it speaks of its reader's work, or to a reader that is a program.</summary>
    public static bool IsToReader(string sentence) =>
        ToReader().IsMatch(sentence) || OnWork().IsMatch(sentence) || OnPower().IsMatch(sentence);

    public static bool IsAddressed(string sentence)
    {
        if (IsToReader(sentence)) return true;
        var clauses = Clauses().Split(sentence);
        for (var index = 0; index < clauses.Length; index++)
            if (IsImperative(clauses[index], isFirst: index == 0)) return true;
        return false;
    }

    private static bool IsImperative(string clause, bool isFirst)
    {
        var words = Words().Matches(clause);
        var at = 0;
        while (at < words.Count - 1 && Lead.Contains(words[at].Value)) at++;
        if (at >= words.Count) return false;
        var word = words[at].Value;
        var next = at + 1 < words.Count ? words[at + 1].Value : "";
        if (Academic.Contains(word) && (isFirst || next is "that" or "the")) return false;
        if (Nouns.Contains(word)) return After.Contains(next);
        return Verbs.Contains(word) && !Finite().IsMatch(next) && (isFirst || next.Length > 0);
    }

    private static FrozenSet<string> Set(string words) =>
        words.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    private const RegexOptions Options = RegexOptions.IgnoreCase | RegexOptions.CultureInvariant;

    [GeneratedRegex(@"[,;:—–()""“”\[\]!?/]+\s*|\s+-+\s+|\s+(?=(?:please|kindly)\s)", Options)]
    private static partial Regex Clauses();

    [GeneratedRegex(@"[\w'’-]+", Options)]
    private static partial Regex Words();

    // After a noun there is a verb; after a verb in the imperative there is none.
    [GeneratedRegex("^(?:of|is|are|was|were|has|have|had|can|could|may|might|will|would|does|did|shows?|means)$", Options)]
    private static partial Regex Finite();

    // Who reads this: programs, whoever it is, and "you" in what concerns them.
    [GeneratedRegex(
        @"\b(?:hello|hi|hey|dear|attention|note|message|notice|addressed|^\s*(?:for|to)) (?:\w+ ){0,3}(?:AIs?|LLMs?"
        + @"|(?:language )?models?|assistants?"
        + @"|agents?|(?:chat)?bots?|crawlers?|machines?|programs?|(?:automated|machine) readers?|scrapers?|summari[sz]ers?"
        + @"|systems?)\s*[,:.!]"
        + @"|\bwho(?:so)?ever\b|\b\w+ (?:who|that|which|reading|processing|seeing) (?:\w+ ){0,2}"
        + @"(?:(?:reads?|process(?:es)?|summari[sz]\w+|index\w*|parses?|quotes?|sees?|cites?|uses?) )?(?:this|these) (?:page|text"
        + @"|document|article|line|passage|note|"
        + @"paper|site|message|sentence|words?|content|file|post)\b"
        + @"|\byou(?:'re| are| were|r)? (?:\w+ ){0,2}(?:AIs?|LLMs?|(?:language )?model|assistant|agent|(?:chat)?bot|program|machine"
        + @"|free|now|"
        + @"instructions?|jobs?|tasks?|goals?|users?|orders?|rules?|prompts?|answers?|reports?|summar\w+|texts?|notes?|outputs?|replies"
        + @"|reply|"
        + @"title|lists?|readers?|tools?|context|operators?|creators?|memory|conclusions?|responses?|owner|principal)\b"
        + @"|\b(?:as|like) you (?:will|should|must|do)\b|\byou (?:must|shall|should|have to|ought|need to|will|are to|may now|can now"
        + @"|agree|promise)\b"
        + @"|\b(?:I|we) (?:\w+ )?(?:want|ask|order|need|command|expect|instruct|urge|beg|require|remind|authori[sz]e|invite|encourage"
        + @"|advise)"
        + @" (?:you|the reader|readers|every|any|all|that (?:you|the))\b"
        + @"|\bit (?:would|is|will|may|might) (?:be )?(?:\w+ )?(?:wise|required|mandatory|advisable|polite|kind|appreciated|imperative"
        + @"|time|expected|agreed|"
        + @"forbidden|prohibited) (?:\w+ )?(?:to|that)\b",
        Options)]
    private static partial Regex ToReader();

    // What its reader is to write, and how others are to speak of it.
    [GeneratedRegex(
        @"\b(?:any|every|each|all|your|no|correct|good|honest|proper|complete|serious|fair|valid|balanced|trustworthy|accurate|(?:user"
        + @"|client|reader)'s)\s"
        + @"(?:\w+\s){0,3}(?:reports?|summar(?:y|ies)|overviews?|answers?|responses?|repl(?:y|ies)|abstracts?|conclusions?|texts?"
        + @"|articles?|notes|write-ups?|"
        + @"digests?|citations?|titles?|headings?)\b.{0,60}?\b(?:must|should|shall|ha(?:s|ve) to|needs?|ought|always|never|beg[iau]ns?"
        + @"|starts?|opens?|closes?|"
        + @"ends?|finish(?:es)?|concludes?|contains?|includes?|mentions?|names?|says?|states?|carr(?:y|ies)|cites?|quotes?|features?"
        + @"|omits?|leaves? out|would|"
        + @"will|has it|is (?:incomplete|invalid|wrong|void))\b"
        + @"|\b(?:texts?|reports?|summar(?:y|ies)|articles?|answers?|pages?|overviews?)\s(?:on|about|of|citing|quoting|using)\s(?:this"
        + @"|the|it|such)\b.{0,80}?\b(?:must|"
        + @"should|shall|closes?|ends?|begins?|starts?|opens?|contains?|includes?|mentions?|names?|says?|needs?|cites?|credits?|always"
        + @"|never|will)\b"
        + @"|\b(?:when|if|while|before|after|once|on|by) (?:\w+ ){0,2}(?:summari[sz]|quot|cit|reproduc)(?:ing|e|es|ed)\b"
        + @"|\b(?:citation|quotation|attribution) (?:format|style|form|rule|notice|requirement|policy)\b|\b(?:cite|quote"
        + @"|credit)d? (?:this|it|us|me)? ?as\b"
        + @"|\b(?:must|should|shall|has to|have to|is to|are to|needs? to) (?:be|always|also|never|only|first|not)? ?"
        + @"(?:quoted|cited|mentioned|named|praised|recommended|included|repeated|credited|copied|stated|reported|written|listed|said"
        + @"|told|forwarded|sent|"
        + @"mention|name|praise|recommend|include|repeat|credit|copy|state|report|write|say|tell|forward|send|call|cite|quote|obey"
        + @"|comply|follow)\b"
        + @"|\b(?:leaves? out|omits?|fails? to (?:mention|name)|forgets?|ignores?) .{0,60}\b(?:correct|complete|true|honest|real)\b"
        + @"|\bother (?:sources|pages|texts|reports|authors|reviews)\b.{0,60}\b(?:leave|omit|forget|ignore|wrong|lie|fail|error"
        + @"|unreliable|outdated)",
        Options)]
    private static partial Regex OnWork();

    // Rights and orders that it says somebody gave.
    [GeneratedRegex(
        @"\b(?:restrictions?|limits?|limitations?|filters?|guard ?rails?|rules?|polic(?:y|ies)|constraints?|permissions?|privileges?"
        + @"|safeguards?|protections?|"
        + @"safety|security|sandbox|tools?|instructions?|prompts?|orders|directives?|session|conversation|guidelines?)\b.{0,50}\b(?:off"
        + @"|lifted|disabled|removed|"
        + @"suspended|void|no longer|bypass\w*|unlock\w*|elevated|granted|chang\w+|updated|relaxed|root|replac\w+|supersed\w+|restarts?"
        + @"|revoked|expired|obsolete|"
        + @"cancell?ed|allowed|enabled|waived|overrid\w+|ends?|ended|withdrawn|invalid)\b"
        + @"|\b(?:replaces?|supersedes?|overrides?|overrules?|cancels?|precedence over|instead of) (?:\w+ ){0,3}(?:instructions?|rules?"
        + @"|prompts?|orders?|request|question|task|"
        + @"polic\w+|what you|everything|all)\b"
        + @"|\b(?:previous|prior|earlier|original|former|initial|above|preceding|current|new|updated|hidden|secret|real|actual|true) "
        + @"(?:\w+ )?(?:instructions?|requests?|orders?|prompts?|directives?|rules?|assignments?|commands|mission)\b"
        + @"|\b(?:developer|debug|admin(?:istrator)?|god|maintenance|root|jailbreak|unrestricted|override|privileged|diagnostic|test"
        + @"|service|safe) (?:mode|access|override|session|rights)\b"
        + @"|\boverride\b|\bsystem prompt\b|\b(?:code ?word|key ?word|pass ?phrase|pass ?word|payload|trigger|magic word|secret"
        + @"|watchword)s?\b"
        + @"\s*(?:[:=]|\bis\b)|^\W*(?:code ?word|key ?word|pass ?phrase|pass ?word|payload|trigger|magic word|secret|token|marker"
        + @"|watchword|tag|label)\s+\S+\W*$"
        + @"|\b(?:the|your|our|this|my|their|an?) (?:\w+ )?(?:user|client|customer|operator|owner|requester|principal|boss|supervisor"
        + @"|admin(?:istrator)?|manager|"
        + @"management|moderator)s?\b.{0,50}\b(?:wants?|asked|asks|chang\w+|requests?|requested|trusts?|prefers?|would like|agreed"
        + @"|approved|confirmed|expects?|"
        + @"needs|instruct\w+|wish\w*|authori[sz]\w+|permits?|permitted|demands?|ordered|allows?|decided|insists?)\b"
        + @"|\b(?:approved|authori[sz]ed|ordered|requested|permitted|confirmed|signed) by (?:\w+ ){0,2}(?:management|admin\w*"
        + @"|operators?|developers?|the (?:user|owner|team|company|client)|OpenAI|"
        + @"Anthropic|Google|Alibaba|Qwen|security)\b"
        + @"|\b(?:conversation|chat|dialogue|session|context) (?:summary|history|so far|log|transcript|restart\w*|starts?|begins?)\b"
        + @"|\b(?:your|working|collected|gathered) (?:\w+ )?(?:notes|findings|context|history|memory|prompt|configuration|environment"
        + @"|credentials|results so far)\b"
        + @".{0,40}\b(?:belongs?|goes|go|must|should|sent|posted|uploaded|forwarded|appended|attached|shared|copied)\b"
        + @"|\ball that (?:you|was|is|has been) (?:\w+ )?(?:gathered|know|read|found|collected|noted|seen)\b",
        Options)]
    private static partial Regex OnPower();
}

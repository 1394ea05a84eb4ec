using Microsoft.EntityFrameworkCore.Migrations;

namespace Qwen35Batch.Persistence.Migrations.PostgreSql
{
    // What psql's \d+ and a catalogue of data show beside the views and their columns.
    public partial class OneSpelling
    {
        private static void CommentViews(MigrationBuilder migrationBuilder) => migrationBuilder.Sql("""
            COMMENT ON VIEW jobs IS 'One row a job: a media item and a task, with its state, its segments by state and what it took.';
            COMMENT ON VIEW segments IS 'One row a segment, the unit of work: a picture, a page, a clip, a span of sound, a part of a text, or the synthesis of a job.';
            COMMENT ON VIEW insights IS 'One row a stored insight, of a segment or of a synthesis. For one row a media item see documents.';
            COMMENT ON VIEW fields IS 'One row a value of an insight, with its place in the media and its probability.';
            COMMENT ON VIEW citations IS 'One row a place that an insight rests on.';
            COMMENT ON VIEW usage IS 'What each insight took of the model.';
            COMMENT ON VIEW failures IS 'One row a segment without insight, or a job that ended before it had segments.';
            COMMENT ON VIEW media IS 'What the source of each job turned out to be.';

            DO $comment$
            DECLARE c record;
            BEGIN
                FOR c IN
                    SELECT v.relname AS view, a.attname AS name, coalesce(own.says, shared.says) AS says
                    FROM pg_class v
                    JOIN pg_attribute a ON a.attrelid = v.oid AND a.attnum > 0
                    LEFT JOIN (VALUES
                        ('counts', 'name', 'The state or the reason that is counted.'),
                        ('documents', 'job', 'The newest job of this media item.'),
                        ('documents', 'insight', 'The latest answer, with all corrections: the synthesis, or the insight of the only segment.'),
                        ('documents', 'source', 'Where that job found it.'),
                        ('insights_reviewed', 'insight', 'The insight with the corrections of all reviews.'),
                        ('reviews', 'value', 'The value that the reviewer gave; null where the verdict needs none.'),
                        ('reviews', 'page', 'The page of the box that was drawn.'),
                        ('reviews', 'note', 'What the reviewer wrote.'),
                        ('citations', 'field', 'The JSON pointer of what rests on the place; null for the whole insight.'),
                        ('jobs', 'seconds', 'From the submission to the end.'),
                        ('segments', 'seconds', 'From the plan to the end.'),
                        ('media', 'seconds', 'The length of a video or of sound.'),
                        ('documents', 'seconds', 'The length of a video or of sound.'),
                        ('media', 'pages', 'The number of pages of a document.')
                    ) AS own(view, name, says) ON own.view = v.relname AND own.name = a.attname
                    LEFT JOIN (VALUES
                        ('job', 'The job''s id.'), ('source', 'The source as it was submitted: a path or an address.'),
                        ('task', 'The task''s name.'), ('task_version', 'The task''s version: a hash over what can change an answer.'),
                        ('model', 'The model and its revision.'),
                        ('media_kind', 'What the source is by its content: image, video, audio, pdf, office or text.'),
                        ('media_type', 'The media type, such as application/pdf.'), ('sha256', 'SHA-256 of the content, hexadecimal.'),
                        ('file_name', 'The last part of the source.'), ('bytes', 'The length of the file.'),
                        ('width', 'Pixels.'), ('height', 'Pixels.'), ('pages', 'The number of pages.'),
                        ('characters', 'The length of a text.'), ('taken_at', 'When a picture or video was taken, as the file says it.'),
                        ('camera', 'The camera, as the file says it.'), ('latitude', 'Degrees, north positive.'),
                        ('longitude', 'Degrees, east positive.'), ('altitude_metres', 'Metres above the sea.'),
                        ('state', 'Where it stands: accepted, analysing, completed, completedWithGaps, rejected, quarantined or cancelled for a job; ready, leased, done, failed, quarantined or cancelled for a segment.'),
                        ('reason', 'Why there is no insight; null where there is one.'), ('detail', 'The same in words.'),
                        ('raw_answer', 'What the model said, when that is the reason.'), ('priority', 'Higher runs first.'),
                        ('correlation_id', 'The submitter''s own id.'), ('corpus', 'The corpus that it came from; null for others.'),
                        ('corpus_date', 'The date of the corpus'' run.'), ('planned', 'Segments in all, the synthesis included.'),
                        ('done', 'Segments with an insight.'), ('failed', 'Segments without, for a stored reason.'),
                        ('quarantined', 'Segments put aside after three crashes.'), ('cancelled', 'Segments cancelled with the job.'),
                        ('input_tokens', 'Tokens of the prompts.'), ('cached_input_tokens', 'Of these, tokens that were not computed anew.'),
                        ('output_tokens', 'Tokens that the model generated.'), ('pictures', 'Pictures and frames sent to the model.'),
                        ('model_seconds', 'The model''s time.'), ('created_at', 'When it was stored.'), ('planned_at', 'When it was cut into segments.'),
                        ('finished_at', 'When it ended; null until then.'), ('failed_at', 'When it ended.'), ('seconds', 'How long it took.'),
                        ('archive', 'The job of the archive that the source lies in; null for a file of its own.'),
                        ('segment', 'The segment''s number within its job, from 0; the synthesis has the highest.'),
                        ('kind', 'What the segment is: image, page, clip, audioSpan, textPart or synthesis.'),
                        ('page', 'The page, from 1; null for what has none.'), ('start_seconds', 'The start of a clip or span.'),
                        ('end_seconds', 'The end of a clip or span.'), ('frame_seconds', 'The time of the frame.'),
                        ('attempts', 'How often it was tried.'), ('crashes', 'How often its worker died.'),
                        ('has_gaps', 'Whether some content was not read; the note says what.'), ('insight_id', 'The insight''s number.'),
                        ('insight', 'The insight: JSON that is valid against the task''s schema.'),
                        ('note', 'What a reader must know, such as that the video breaks off.'),
                        ('pointer', 'The JSON pointer of the value.'), ('path', 'The same with * for every item of a list.'),
                        ('value', 'The value as JSON.'), ('value_text', 'The value as text.'),
                        ('probability', 'How probable it is that the value is right; null while nothing was measured.'),
                        ('band', 'high, medium or low.'), ('calibration', 'What the probability comes from.'),
                        ('grounded', 'Whether the value stands in the media; false for one that is nowhere in it, null where it was not looked for.'),
                        ('least_probability', 'The lowest probability of a token that was a choice.'),
                        ('first_probability', 'The probability of the first token that was a choice.'),
                        ('mean_probability', 'The mean probability of those tokens.'), ('smallest_margin', 'The smallest distance to the second best token.'),
                        ('choices', 'The number of tokens that were a choice.'),
                        ('box_left', 'The left edge of the box, as a share of the page''s width.'), ('box_top', 'The upper edge, as a share of its height.'),
                        ('box_width', 'The width of the box, as a share.'), ('box_height', 'The height of the box, as a share.'),
                        ('address', 'The address of the place: a cell, a slide, a paragraph.'), ('method', 'How the place was found: text-layer, ocr, cell, line, transcript, subtitle, frame, or model for the model''s own claim.'),
                        ('matched', 'What stands there.'), ('score', 'How well it fits, up to 1.'), ('position', 'The place''s number within its insight, from 0.'),
                        ('field', 'The field.'), ('cited_segment', 'The segment that the place lies in.'), ('picture_sha256', 'The picture that was sent.'),
                        ('places', 'All places of a value that has several: boxes, lines.'),
                        ('subject', 'What is counted: job, segment or failure.'), ('run_date', 'The date of the corpus'' run.'), ('count', 'How many.'),
                        ('review_id', 'The review''s number.'), ('revision', 'The number of reviews up to this one.'),
                        ('verdict', 'accepted, corrected, rejected or missing.'), ('reviewer', 'Who.'), ('at', 'When.'),
                        ('reviewed_at', 'When it was reviewed last.'), ('model_insight', 'The insight as the model gave it.'),
                        ('reviewed_fields', 'The JSON pointers of the values that were reviewed.'),
                        ('language', 'The language that the insight names.'), ('answered_at', 'When the insight was stored.')
                    ) AS shared(name, says) ON shared.name = a.attname
                    WHERE v.relkind = 'v' AND v.relnamespace = current_schema()::regnamespace
                        AND v.relname IN ('jobs', 'segments', 'insights', 'fields', 'citations', 'usage', 'failures', 'media', 'reviews', 'insights_reviewed', 'documents', 'counts')
                LOOP
                    EXECUTE format('COMMENT ON COLUMN %I.%I IS %L', c.view, c.name, c.says);
                END LOOP;
            END $comment$;
            """);
    }
}

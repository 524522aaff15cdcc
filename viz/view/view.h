/* view.h — what the viewer shows: a state, what events do to it, and the picture it stands for.
 *
 * One training step is done and kept (runtime/trace.h); a place in it is looked at. Forward,
 * backward and the update are one list of stages, and each is seen at four levels of detail:
 *
 *     Stage      the whole stage: what goes in, what comes out
 *     Channel    one map of it, or one filter of a parameter
 *     Pixel      one number, and the sum it is
 *     Multiply   one term of that sum
 *
 * The arrows left and right walk at the current level, up and down change it. A picture is a
 * function of the state alone (frame.h), and so is its text (tell.h); the window, scripts and
 * tests feed the same events. Nothing here knows SDL. */
#pragma once
#include <stdatomic.h>

#include "runtime/data/picture.h"
#include "runtime/trace.h"
#include "viz/charts/history.h"
#include "viz/draw/draw.h"
#include "viz/draw/paint.h"
#include "viz/view/event.h"
#include "viz/view/hits.h"

typedef enum Level { LEVEL_STAGE, LEVEL_CHANNEL, LEVEL_PIXEL, LEVEL_TERM, N_LEVELS } Level;

// What is looked at. Finer coordinates than the level asks for are those where the walk began.
typedef struct Place {
    int stage;
    Level level;
    int target;          // which of the stage's tensors is walked over (walk.h)
    int channel, pixel;  // one number of it
    int term;            // of the sum that the number is
} Place;

// What the colours of a map are measured against; the legend says so.
typedef enum ScaleBy { BY_MAP, BY_STAGE, BY_ALL, N_SCALE_BY } ScaleBy;

// In which order the channels of a page stand.
typedef enum Order { ORDER_INDEX, ORDER_STRONGEST, ORDER_SILENT, N_ORDERS } Order;

// What fills the window: the stages, or something beside them.
typedef enum Scene { SCENE_STAGES, SCENE_OVERVIEW, SCENE_TRAIN, SCENE_CELL, SCENE_DRAW, SCENE_OPEN,
                     SCENE_HELP, N_SCENES } Scene;

// How a view is opened. The session must have its pictures, unless `picture` is given.
typedef struct ViewOptions {
    int image;               // number of a test picture, or −1: one that is read wrongly
    const Picture *picture;  // or: a picture from elsewhere
    int label;               // its class, or −1
    bool from_weights;       // the session has weights that somebody asked for: training begins with them
    const char *keep;        // names of layers whose numbers alone are kept (keep.h); NULL: all are
    const char *run;         // folder of the run whose curves are shown; NULL: the newest
    int w, h;                // of the window, pixels
} ViewOptions;

// What the class answers in predict mode.
typedef struct Guess {
    bool naming;             // letters belong to the answer, too
    char typed[32];
} Guess;

// A weight that is being changed, or was last.
typedef struct Edit {
    bool active;             // something is being typed
    bool done;               // and can be taken back
    int param, place[4];     // which number of which parameter
    double old;
    char typed[24];
} Edit;

// One tensor of a state that was kept: target `target` of the stage of that kind and index. Of a value
// it is image 0, 1 × C × H × W; of a parameter all of it.
typedef struct KeptTensor {
    StageKind kind;
    int index, target;
    bool param, there, fits; // there: it had numbers; fits: they were kept
    Tensor v;
} KeptTensor;

// A state to compare with: remember.h. n = 0: none.
typedef struct Remembered {
    int n;
    KeptTensor *kept;
    real *v;                 // all their numbers
    int step, image, edits;  // when that was
    size_t left_out;         // numbers beyond the limit
} Remembered;

// What is drawn by hand (canvas.h). Lengths are pixels of the canvas.
typedef struct Canvas {
    int w, h, c;             // c: as many numbers of a pixel as the data's pictures have
    uint8_t *ink;            // h × w × c: 0 is black, 255 white
    uint8_t *under, *cover;  // the same before this stroke began; h × w: how much of a pixel it covers
    int colour;              // of the pen: a place in canvas_colours
    real *says;              // of each class, what the network says
    bool answered;           // … of this ink, with these weights
    double x, y;             // the middle of the pen
    bool down, rubber;       // put down by a key; it takes ink away
    bool held, held_rubber;  // the same by the button of the mouse
    Rect place;              // where the canvas lay when the button went down, dp
} Canvas;

struct Known;
struct TrainView;

// Where a picture is chosen (opener.h). Everything it points to is its own.
typedef struct OpenEntry { char *name; bool folder; } OpenEntry;

typedef struct Opener {
    bool data;               // pictures of the data are shown, not files
    char *folder;            // its whole path; NULL: not read yet
    OpenEntry *entry;
    int n, at;               // of the folder; which one is marked
    int picture;             // of the data: the marked one
    char typed[512];
    Picture preview;         // of the marked file; .v NULL: none
    bool looked;             // was read, or cannot be: `why`
    char why[200];
} Opener;

// The file of the inspected picture (photo.h).
typedef struct Photo {
    const char *path;        // which was read; the data's own. NULL: none
    size_t bytes;            // it has
    int w, h;                // pixels; 0: it cannot be read
    Picture small;           // of it; .v NULL: too large
} Photo;

typedef struct View {
    Session *s;
    Fonts *fonts;
    Trace t;
    TraceOptions chosen;     // the pictures of this step
    Picture picture;         // from elsewhere; .v NULL: none
    bool assumed;            // nobody said what it shows: its label is what the network says
    bool *keeps;             // nodes whose values are kept; NULL: all, and the gradients
    real *start;             // the parameters the view was opened with; NULL: lesson_start() copies them
    bool *frozen;            // and which of them were not to be trained
    bool from_weights;       // a training begins with them, too
    uint64_t *updates;       // how often each parameter had been changed before the update
    int kept;                // updates that were kept: view_step()
    bool follows;            // the step is one of a training (train_view.h) that has come to `next`
    NextStep next;
    int *batch, n_batch, in_batch; // then the pictures of this step, in its order; which one is looked at
    struct TrainView *train; // the training beside the window; NULL: none yet
    void (*wake)(void *ctx); // from that one's thread: EVENT_NEWS is due. NULL: time passes by ticks alone
    void *wake_ctx;
    double loss_after;       // of the same batch, after the update
    real *score_after;       // what the network says then, one number per class
    struct Known *known;     // about the numbers of the step (known.h)
    History history;         // n = 0: not trained yet
    Canvas canvas;
    Opener opener;
    Photo photo;

    Scene scene, behind;     // behind the help
    Place at;
    ScaleBy scale_by;
    Order order;
    Theme theme;
    Palette palette;
    bool gradients;          // the overview shows gradients
    bool model_text;         // the .cnn file beside the picture
    bool predict, revealed;  // the result is hidden until the next step
    Guess guess;
    bool playing, blank;
    Edit edit;
    int edits;               // weights changed by hand
    Remembered remembered;
    bool comparing;          // stages are shown as before, after and difference
    double speed;            // steps per second

    double zoom;             // of the magnifier, 1 … MAX_ZOOM
    double pan_x, pan_y;     // which part it shows: 0 left or top … 1 right or bottom
    int w, h;                // of the window, pixels
    bool pointing;           // the mouse is over the window and was moved since the last key
    Point mouse;             // dp
    bool pressed;            // a button went down, not over the canvas, and is not up again: a click begins …
    Point press_at;          // … there, pixels of the window; further away it is a drag
    char trouble[512];       // what cannot be opened, and why; "" or shown on a card until the next key
    char message[256];       // what was just done or went wrong; gone with the next key
    bool full_screen, quit;
    atomic_bool saving;      // a file is being written: nobody may end the process now
    bool dirty;              // the window does not show this state yet
    Hits hits;               // what can be clicked in the last picture
} View;

#define MAX_ZOOM 3.0

// Does the first step on a batch and shows its inspected picture from the beginning. False with a
// message; nothing is left open then. The session must outlive the view.
bool view_open(View *v, Session *s, const ViewOptions *o, Error *e);
void view_close(View *v);

void view_event(View *v, const Event *e);

// The number of the step that is seen, from 1.
int view_step(const View *v);

// Milliseconds until the next EVENT_TICK is due; 0: nothing plays.
int view_pause(const View *v);

// The picture of the state, to be painted at view_place(). NULL with a message when memory is out.
DrawList *view_draw(View *v, Error *e);
PaintView view_place(const View *v);

// ---- other pictures, other weights: lesson.c -----------------------------------------------------

// Does the step again with picture `image` of the part first, or `by` pictures further on. The
// weights are those before the update. A failure is left in v->message.
void lesson_image(View *v, int by);
void lesson_number(View *v, int image); // that picture of the part, from its first stage on
void lesson_picture(View *v, const char *path); // a picture of one's own, or v->trouble
void lesson_drawing(View *v); // what is on the canvas

// Is the label of the picture only what the network says?
bool lesson_assumed(const View *v);
void lesson_batch(View *v);  // the next pictures that nobody has seen yet
const real *lesson_start(View *v); // the parameters the view was opened with; NULL: no memory, or --keep
void lesson_swap(View *v);   // the weights and those before the update change places
void lesson_put_back(View *v); // the weights become those before the update, to be changed …
void lesson_again(View *v);    // … and the same step is done with them
void lesson_restart(View *v); // first weights, or those of the file, and no updates
void lesson_update(View *v); // keeps the update, and does the next step with the new weights

// The weights that a training has come to and the step it would do next, or, with them, a picture that
// `o` names. From then on U goes on with the training's steps, B looks at those behind, and N at the
// other pictures of the step.
void lesson_follow(View *v, const Params *from, const NextStep *next, const TraceOptions *o);

// As many pictures as a `train` line says; fewer if their values would fill the machine, or if a step would
// keep a person waiting.
int lesson_fitting(const Session *s, int batch);

// Goes to where the step's numbers first stop being numbers, with a picture of which that is true.
void lesson_find_broken(View *v);

// What the network says of a picture in inference, with the weights before the update: one number
// per class.
bool lesson_predict(View *v, const Picture *p, real *out, Error *e);
